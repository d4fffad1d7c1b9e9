package dev.manciple.sql;

import dev.manciple.arrow.DerivedReader;
import dev.manciple.error.InvalidRequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Entity rows with columns of {@link Stages} before and behind their own: their row id, and their time in microseconds and as such; of
 * all of these, those that are wanted. For engines that would otherwise have to write all rows a second time to number them. The
 * batches of the other reader pass as they are; closing this one does not close it.
 */
final class NumberedRows extends DerivedReader {
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private final FieldVector times;
    private final List<Field> fields;
    private final BigIntVector ids;
    private final BigIntVector micros;
    private final List<TimeStampVector> forms;
    private final VectorSchemaRoot root;
    private long rows;

    /**
     * @param from under the types in which the columns travel
     * @param time the place of the column of times, whose type {@link #canTell}
     * @param wanted tells by their names which columns there are to be
     * @throws InvalidRequestException by a batch that has a time beyond what microseconds can tell
     */
    NumberedRows(ArrowReader from, int time, Predicate<String> wanted) throws IOException {
        super(from, from.getVectorSchemaRoot().getVector(time).getAllocator());
        this.times = from.getVectorSchemaRoot().getVector(time);
        this.ids = new BigIntVector(Stages.ROW, allocator);
        this.micros = new BigIntVector(Stages.AT, allocator);
        this.forms = Stream.<TimeStampVector>of(
                        new TimeStampMicroTZVector(Stages.INSTANT, allocator, "UTC"),
                        new TimeStampMicroVector(Stages.UTC, allocator))
                .filter(form -> wanted.test(form.getName()))
                .toList();
        List<FieldVector> vectors = new ArrayList<>();
        Stream.of(ids, micros).filter(own -> wanted.test(own.getName())).forEach(vectors::add);
        from.getVectorSchemaRoot().getFieldVectors().stream()
                .filter(given -> wanted.test(given.getName()))
                .forEach(vectors::add);
        vectors.addAll(forms);
        this.root = new VectorSchemaRoot(vectors);
        this.fields = root.getSchema().getFields();
    }

    /** Whether the microseconds of a column need no engine to be told; texts are left to it. */
    static boolean canTell(ArrowType type) {
        return switch (type) {
            case ArrowType.Timestamp any -> true;
            case ArrowType.Date date -> date.getUnit() == DateUnit.DAY;
            case ArrowType other -> false;
        };
    }

    @Override
    protected Schema readSchema() {
        return new Schema(fields);
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() {
        return root;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (!from().loadNextBatch()) {
            return false;
        }
        int count = from().getVectorSchemaRoot().getRowCount();
        ids.allocateNew(count);
        micros.allocateNew(count);
        for (int row = 0; row < count; row++) {
            ids.set(row, ++rows);
            setMicros(row);
        }
        ids.setValueCount(count);
        micros.setValueCount(count);
        forms.forEach(form -> fill(form, count));
        root.setRowCount(count);
        return true;
    }

    /** Times of microseconds are the same numbers. */
    private void fill(TimeStampVector form, int count) {
        form.allocateNew(count);
        form.setValueCount(count);
        form.getValidityBuffer()
                .setBytes(0, micros.getValidityBuffer(), 0, BitVectorHelper.getValidityBufferSize(count));
        form.getDataBuffer().setBytes(0, micros.getDataBuffer(), 0, (long) count * Long.BYTES);
    }

    private void setMicros(int row) {
        if (times.isNull(row)) {
            micros.setNull(row);
            return;
        }
        switch (times) {
            case TimeStampVector stamps when isInfinite(stamps.get(row)) -> micros.setNull(row);
            case TimeStampVector stamps -> setMicros(row, stamps.get(row), unit(stamps));
            case DateDayVector days when isInfinite(days.get(row)) -> micros.setNull(row);
            case DateDayVector days -> setProduct(row, days.get(row), MICROS_PER_DAY);
            case FieldVector other -> throw new IllegalStateException("No times are told by " + other.getField());
        }
    }

    /** As DuckDB tells the ends of time, in whatever unit; no time is so far off. */
    private static boolean isInfinite(long time) {
        return time == Long.MAX_VALUE || time == -Long.MAX_VALUE;
    }

    private static boolean isInfinite(int day) {
        return day == Integer.MAX_VALUE || day == -Integer.MAX_VALUE;
    }

    private static TimeUnit unit(TimeStampVector vector) {
        return ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
    }

    private void setMicros(int row, long time, TimeUnit unit) {
        switch (unit) {
            case SECOND -> setProduct(row, time, 1_000_000);
            case MILLISECOND -> setProduct(row, time, 1_000);
            case MICROSECOND -> micros.set(row, time);
            case NANOSECOND -> micros.set(row, Math.floorDiv(time, 1_000));
        }
    }

    private void setProduct(int row, long time, long factor) {
        if (time > Long.MAX_VALUE / factor || time < Long.MIN_VALUE / factor) {
            throw new InvalidRequestException(
                    "Row %,d of the entity rows has a time in '%s' that no engine can keep: %d times %,d microseconds after 1970"
                            .formatted(rows, times.getName(), time, factor));
        }
        micros.set(row, time * factor);
    }

    @Override
    protected void closeReadSource() {
        ids.close();
        micros.close();
        forms.forEach(FieldVector::close);
    }

    @Override
    public void close() {
        closeReadSource();
    }

    @Override
    public void close(boolean closeReadSource) {
        closeReadSource();
    }
}
