package dev.manciple.arrow;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * Manciple's types as Arrow's and back.
 *
 * <table>
 * <caption>Arrow type of a declared type</caption>
 * <tr><td>STRING, DECIMAL, UUID, TIME_UUID, JSON</td><td>utf8</td></tr>
 * <tr><td>BYTES, IMAGE_BYTES, PDF_BYTES</td><td>binary</td></tr>
 * <tr><td>INT32, INT64, FLOAT, DOUBLE, BOOL</td><td>int32, int64, float, double, bool</td></tr>
 * <tr><td>UNIX_TIMESTAMP</td><td>timestamp[us, UTC]</td></tr>
 * <tr><td>ZONED_TIMESTAMP</td><td>struct&lt;timestamp: timestamp[us, UTC], zone: utf8&gt;, so that the zone survives</td></tr>
 * <tr><td>lists and sets</td><td>list</td></tr>
 * <tr><td>STRING_MAP</td><td>map&lt;utf8, utf8&gt;; text as it is, any other value as JSON</td></tr>
 * <tr><td>SCALAR_MAP</td><td>utf8: a JSON array of [key, value] pairs that keeps the kind of every value, because no
 * Arrow map has keys of several types (see {@link ArrowValues})</td></tr>
 * <tr><td>structs</td><td>struct</td></tr>
 * </table>
 */
public final class ArrowTypes {
    /** The type of every time column Manciple makes. */
    public static final ArrowType UTC_MICROS = new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");

    /** The parts of a zoned time in Arrow. */
    static final String ZONED_TIME = "timestamp";

    static final String ZONED_ZONE = "zone";

    private static final String EXTENSION_NAME = "ARROW:extension:name";
    private static final String KINDS_KEPT = "manciple:kinds_kept";

    private ArrowTypes() {}

    /** A nullable column for a field of the model. */
    public static Field field(dev.manciple.model.Field field) {
        return arrow(field.name(), field.type());
    }

    /** A nullable column of the given name. */
    public static Field arrow(String name, ValueType type) {
        return arrow(name, type, false);
    }

    /**
     * As {@link #arrow(String, ValueType)}, but maps with text keys, for whose values of any kind Arrow has no map, are text that
     * keeps the kind of each. Only {@link ArrowValues} reads such columns, so they are for Manciple's own stores of values.
     */
    public static Field keepingKinds(String name, ValueType type) {
        return arrow(name, type, true);
    }

    private static Field arrow(String name, ValueType type, boolean keepKinds) {
        return switch (type) {
            case ValueType.Scalar.ZONED_TIMESTAMP ->
                new Field(
                        name,
                        FieldType.nullable(ArrowType.Struct.INSTANCE),
                        List.of(
                                arrow(ZONED_TIME, ValueType.Scalar.UNIX_TIMESTAMP),
                                arrow(ZONED_ZONE, ValueType.Scalar.STRING)));
            case ValueType.Scalar scalar -> Field.nullable(name, scalar(scalar));
            case ValueType.ListOf list -> listOf(name, list.element(), keepKinds);
            case ValueType.SetOf set -> listOf(name, set.element(), keepKinds);
            case ValueType.StringMap map -> keepKinds ? kindsKept(name) : stringMap(name);
            case ValueType.ScalarMap map -> Field.nullable(name, ArrowType.Utf8.INSTANCE);
            case ValueType.StructOf struct ->
                new Field(
                        name,
                        FieldType.nullable(ArrowType.Struct.INSTANCE),
                        struct.fields().stream()
                                .map(part -> arrow(part.name(), part.type(), keepKinds))
                                .toList());
        };
    }

    /** Whether a column of text holds maps as {@link #keepingKinds} has them. */
    static boolean keepsKinds(Field field) {
        return field.getMetadata().containsKey(KINDS_KEPT);
    }

    private static Field kindsKept(String name) {
        Map<String, String> mark = Map.of(KINDS_KEPT, "true");
        return new Field(name, new FieldType(true, ArrowType.Utf8.INSTANCE, null, mark), null);
    }

    /**
     * The type a column is read as where none is declared. Integers narrower than 32 bits widen; unsigned ones take the next
     * wider type, and the widest one INT64, whose values are checked when read; half floats are FLOAT; dates are
     * UNIX_TIMESTAMP at midnight UTC; times of day, durations and intervals, for which Feast has no type, are STRING in
     * ISO 8601; a column of nothing but nulls is STRING. The name of a list's element does not matter.
     *
     * @throws InvalidRequestException for unions, run-end encoding and large list views, and for dictionary columns, whose type only their dictionary knows
     */
    public static ValueType valueType(Field field) {
        return valueType(field, new DictionaryProvider.MapDictionaryProvider());
    }

    /**
     * As {@link #valueType(Field)}, with the dictionaries of the reader the field comes from.
     *
     * @param dictionaries an {@code ArrowReader} is one
     */
    public static ValueType valueType(Field field, DictionaryProvider dictionaries) {
        if (field.getDictionary() != null) {
            return valueType(Dictionaries.of(field, dictionaries).getField(), dictionaries);
        }
        if ("arrow.uuid".equals(field.getMetadata().get(EXTENSION_NAME))) {
            return ValueType.Scalar.UUID;
        }
        return field.getType().accept(new Inference(field, dictionaries));
    }

    /** What messages call the values of a column: by Feast's type where one is meant, in words where Feast has none. */
    public static String title(ArrowType type) {
        return switch (type.getTypeID()) {
            case Null -> "nothing but nulls";
            case Struct -> "structs";
            case List, LargeList, FixedSizeList, ListView, LargeListView -> "lists";
            case Map -> "maps";
            case Union -> "unions";
            case RunEndEncoded -> "run-end encoded values";
            case Time -> "times of day";
            case Interval -> "intervals";
            case Duration -> "durations";
            case NONE -> "values of a type unknown to Arrow";
            case Int,
                    FloatingPoint,
                    Utf8,
                    Utf8View,
                    LargeUtf8,
                    Binary,
                    BinaryView,
                    LargeBinary,
                    FixedSizeBinary,
                    Bool,
                    Decimal,
                    Date,
                    Timestamp -> valueType(Field.nullable("", type)).toString();
        };
    }

    private static ArrowType scalar(ValueType.Scalar type) {
        return switch (type) {
            case STRING, DECIMAL, JSON, UUID, TIME_UUID -> ArrowType.Utf8.INSTANCE;
            case BYTES, IMAGE_BYTES, PDF_BYTES -> ArrowType.Binary.INSTANCE;
            case INT32 -> new ArrowType.Int(32, true);
            case INT64 -> new ArrowType.Int(64, true);
            case FLOAT -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case BOOL -> ArrowType.Bool.INSTANCE;
            case UNIX_TIMESTAMP, ZONED_TIMESTAMP -> UTC_MICROS;
        };
    }

    private static Field listOf(String name, ValueType element, boolean keepKinds) {
        Field item = arrow("item", element, keepKinds);
        return new Field(name, FieldType.nullable(ArrowType.List.INSTANCE), List.of(item));
    }

    private static Field stringMap(String name) {
        Field key = new Field("key", FieldType.notNullable(ArrowType.Utf8.INSTANCE), List.of());
        Field entries = new Field(
                "entries",
                FieldType.notNullable(ArrowType.Struct.INSTANCE),
                List.of(key, arrow("value", ValueType.Scalar.STRING)));
        return new Field(name, FieldType.nullable(new ArrowType.Map(false)), List.of(entries));
    }

    /** Says which type a column is read as; one method per kind of Arrow type, so that a new kind breaks the build. */
    private record Inference(Field field, DictionaryProvider dictionaries)
            implements ArrowType.ArrowTypeVisitor<ValueType> {
        @Override
        public ValueType visit(ArrowType.Null type) {
            return ValueType.Scalar.STRING;
        }

        @Override
        public ValueType visit(ArrowType.Struct type) {
            return new ValueType.StructOf(field.getChildren().stream()
                    .map(child -> dev.manciple.model.Field.of(child.getName(), valueType(child, dictionaries)))
                    .toList());
        }

        @Override
        public ValueType visit(ArrowType.List type) {
            return list();
        }

        @Override
        public ValueType visit(ArrowType.LargeList type) {
            return list();
        }

        @Override
        public ValueType visit(ArrowType.FixedSizeList type) {
            return list();
        }

        @Override
        public ValueType visit(ArrowType.ListView type) {
            return list();
        }

        @Override
        public ValueType visit(ArrowType.LargeListView type) {
            throw unknown();
        }

        @Override
        public ValueType visit(ArrowType.Union type) {
            throw unknown();
        }

        @Override
        public ValueType visit(ArrowType.RunEndEncoded type) {
            throw unknown();
        }

        @Override
        public ValueType visit(ArrowType.Map type) {
            Field key = field.getChildren().getFirst().getChildren().getFirst();
            return valueType(key, dictionaries) == ValueType.Scalar.STRING
                    ? ValueType.StringMap.STRING_MAP
                    : ValueType.ScalarMap.SCALAR_MAP;
        }

        @Override
        public ValueType visit(ArrowType.Int type) {
            int bitsOfValue = type.getIsSigned() ? type.getBitWidth() : type.getBitWidth() + 1;
            return bitsOfValue <= 32 ? ValueType.Scalar.INT32 : ValueType.Scalar.INT64;
        }

        @Override
        public ValueType visit(ArrowType.FloatingPoint type) {
            return type.getPrecision() == FloatingPointPrecision.DOUBLE
                    ? ValueType.Scalar.DOUBLE
                    : ValueType.Scalar.FLOAT;
        }

        @Override
        public ValueType visit(ArrowType.Utf8 type) {
            return ValueType.Scalar.STRING;
        }

        @Override
        public ValueType visit(ArrowType.Utf8View type) {
            return ValueType.Scalar.STRING;
        }

        @Override
        public ValueType visit(ArrowType.LargeUtf8 type) {
            return ValueType.Scalar.STRING;
        }

        @Override
        public ValueType visit(ArrowType.Binary type) {
            return ValueType.Scalar.BYTES;
        }

        @Override
        public ValueType visit(ArrowType.BinaryView type) {
            return ValueType.Scalar.BYTES;
        }

        @Override
        public ValueType visit(ArrowType.LargeBinary type) {
            return ValueType.Scalar.BYTES;
        }

        @Override
        public ValueType visit(ArrowType.FixedSizeBinary type) {
            return ValueType.Scalar.BYTES;
        }

        @Override
        public ValueType visit(ArrowType.Bool type) {
            return ValueType.Scalar.BOOL;
        }

        @Override
        public ValueType visit(ArrowType.Decimal type) {
            return ValueType.Scalar.DECIMAL;
        }

        @Override
        public ValueType visit(ArrowType.Date type) {
            return ValueType.Scalar.UNIX_TIMESTAMP;
        }

        @Override
        public ValueType visit(ArrowType.Time type) {
            return ValueType.Scalar.STRING;
        }

        @Override
        public ValueType visit(ArrowType.Timestamp type) {
            return ValueType.Scalar.UNIX_TIMESTAMP;
        }

        @Override
        public ValueType visit(ArrowType.Interval type) {
            return ValueType.Scalar.STRING;
        }

        @Override
        public ValueType visit(ArrowType.Duration type) {
            return ValueType.Scalar.STRING;
        }

        @Override
        public ValueType visit(ArrowType.ExtensionType type) {
            return type.storageType().accept(this);
        }

        private ValueType list() {
            return new ValueType.ListOf(valueType(field.getChildren().getFirst(), dictionaries));
        }

        private InvalidRequestException unknown() {
            return new InvalidRequestException("Column '%s' has the Arrow type %s, which no feature type matches"
                    .formatted(field.getName(), field.getType()));
        }
    }
}
