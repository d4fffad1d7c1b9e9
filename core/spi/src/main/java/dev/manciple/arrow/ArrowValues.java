package dev.manciple.arrow;

import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/**
 * Values in and out of Arrow vectors, for columns made by {@link ArrowTypes} and for those of any other program.
 *
 * <p>Reading follows the declared type, whatever vector holds the value, and never loses a part of it: integers with nulls
 * are exact, NaN stays NaN (for integer types, where a program without nullable integers wrote it, it is null), decimals are
 * text with their scale, as Python writes them, times are UTC and cut to microseconds, a time without a zone is UTC, a date
 * its midnight. Text is parsed where the type is a number, a time, or, as JSON, a list, map or struct. A struct has the parts
 * of its type: one the column lacks is null.
 *
 * <p>In text columns of SCALAR_MAP, JSON keeps the kinds apart: numbers with a point are {@code Real}, others {@code Int}, and
 * what JSON lacks is an object with one key: {@code $bytes} (base 64), {@code $time}, {@code $zoned} (time, space, zone),
 * {@code $real} (NaN and infinities), {@code $keyed} (an object) and {@code $entries} (pairs).
 */
public final class ArrowValues {
    private ArrowValues() {}

    /** One value; for many of a column use {@link #reader}. */
    public static Value get(FieldVector vector, int index, ValueType type) {
        return reader(vector, type).read(index);
    }

    /**
     * A reader of one column without dictionaries.
     *
     * @throws dev.manciple.error.InvalidRequestException if the column can never be read
     */
    public static ColumnReader reader(FieldVector vector, ValueType type) {
        return reader(vector, type, new DictionaryProvider.MapDictionaryProvider());
    }

    /**
     * A reader of one column.
     *
     * @param dictionaries where dictionary columns find their values; an {@code ArrowReader} is one
     * @throws dev.manciple.error.InvalidRequestException if the column can never be read
     */
    public static ColumnReader reader(FieldVector vector, ValueType type, DictionaryProvider dictionaries) {
        return new ColumnReaders(dictionaries).declared(vector, type, vector.getName());
    }

    /**
     * A reader of one column of times.
     *
     * @param dictionaries where dictionary columns find their values; an {@code ArrowReader} is one
     * @throws dev.manciple.error.InvalidRequestException if the column can never be read as times
     */
    public static TimeReader times(FieldVector vector, DictionaryProvider dictionaries) {
        return TimeReaders.of(vector, dictionaries);
    }

    /** What takes values from one column without a dictionary to another. */
    public static ColumnCopier copier(FieldVector from, FieldVector to, ValueType type) {
        return copier(from, to, type, new DictionaryProvider.MapDictionaryProvider());
    }

    /**
     * What takes values from one column to another. Where both have one type of Arrow, and it is a plain one and the declared type's own,
     * they are copied as they are, with no object for each; else as {@link #reader} and {@link #set} do it.
     *
     * @param type read from the first column
     * @param dictionaries where the first column, if it is encoded, finds its values; an {@code ArrowReader} is one
     * @throws dev.manciple.error.InvalidRequestException if the first column can never be read
     */
    public static ColumnCopier copier(
            FieldVector from, FieldVector to, ValueType type, DictionaryProvider dictionaries) {
        return ColumnReaders.isAlreadyAs(type, from)
                        && from.getField().getType().equals(to.getField().getType())
                ? (source, target) -> to.copyFromSafe(source, target, from)
                : converting(reader(from, type, dictionaries), to);
    }

    private static ColumnCopier converting(ColumnReader from, FieldVector to) {
        return (source, target) -> set(to, target, from.read(source));
    }

    /**
     * Sets one value, growing the vector where needed; null and missing are null. Rows of lists and maps are set in rising
     * order. The caller sets the vector's value count when it is done.
     *
     * @throws dev.manciple.error.InvalidRequestException naming the column and the value if the vector cannot hold it
     */
    public static void set(FieldVector vector, int index, Value value) {
        ColumnWriters.set(vector, index, value, vector.getName());
    }

    /** A value as errors show it: between apostrophes, and cut where it is long. */
    public static String show(Value value) {
        return Conversion.show(value);
    }

    /**
     * A value as the declared type has it, by the rules of reading: text is parsed where the type is a number or a time, numbers
     * change their kind only where nothing is lost.
     *
     * @param place what the value is of, named in errors: a field of a request, a column
     * @throws dev.manciple.error.InvalidRequestException naming the place, the value and the type if it does not fit
     */
    public static Value convert(Value value, ValueType type, String place) {
        return new Conversion(type, place).apply(value);
    }
}
