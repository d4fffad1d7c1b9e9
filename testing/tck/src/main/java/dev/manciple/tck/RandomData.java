package dev.manciple.tck;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Values of every type and awkward names, all from one seed. */
public final class RandomData {
    private static final List<String> AWKWARD = List.of(
            "plain",
            "MixedCase",
            "with space",
            "double\"quote",
            "it's",
            "semi;colon --comment",
            "/* open",
            "ünïcödé",
            "日本語",
            "select",
            "per%cent_",
            "back\\slash",
            "dot.ted",
            "back`tick",
            "[bracket]",
            "{curly}",
            "$1",
            "?",
            ":colon",
            "\uD83D\uDE00");

    private static final List<String> TEXTS = List.of(
            "", " ", "a", "it's \"quoted\"", "NULL", "ünïcödé", "\uD83D\uDE00", "line\nbreak", "1", "é", "e\u0301");

    private final Random random;
    private final ChronoUnit precision;
    private final boolean nullElements;

    /** @param precision the finest step of the times made */
    public RandomData(Random random, ChronoUnit precision) {
        this(random, precision, true);
    }

    private RandomData(Random random, ChronoUnit precision, boolean nullElements) {
        this.random = random;
        this.precision = precision;
        this.nullElements = nullElements;
    }

    /**
     * Values that Feast's format of stored values can hold: times in whole seconds, no nulls in lists, no empty list in
     * another list.
     */
    public static RandomData ofStoredValues(Random random) {
        return new RandomData(random, ChronoUnit.SECONDS, false);
    }

    /** Every type a feature can have, nested ones included. */
    public static List<ValueType> types() {
        ValueType struct = new ValueType.StructOf(List.of(
                Field.of("number", Scalar.INT64),
                Field.of("words", new ValueType.ListOf(Scalar.STRING)),
                Field.of("Inner", new ValueType.StructOf(List.of(Field.of("at", Scalar.UNIX_TIMESTAMP))))));
        List<ValueType> types = new ArrayList<>(List.of(
                ValueType.StringMap.STRING_MAP,
                ValueType.ScalarMap.SCALAR_MAP,
                struct,
                new ValueType.ListOf(struct),
                new ValueType.ListOf(ValueType.StringMap.STRING_MAP),
                new ValueType.ListOf(new ValueType.ListOf(Scalar.INT64)),
                new ValueType.SetOf(Scalar.STRING),
                new ValueType.SetOf(Scalar.INT64),
                new ValueType.SetOf(Scalar.UNIX_TIMESTAMP)));
        for (Scalar scalar : Scalar.values()) {
            types.add(scalar);
            types.add(new ValueType.ListOf(scalar));
        }
        return types;
    }

    /** The types Feast's format of stored values has. */
    public static List<ValueType> storedTypes() {
        List<Scalar> notInLists = List.of(Scalar.IMAGE_BYTES, Scalar.PDF_BYTES, Scalar.ZONED_TIMESTAMP);
        return types().stream()
                .filter(type -> !(type instanceof ValueType.ListOf(Scalar element) && notInLists.contains(element)))
                .toList();
    }

    /** The types whose key bytes Feast defines. */
    public static List<ValueType.Scalar> storedKeyTypes() {
        return keyTypes().subList(0, 5);
    }

    /** The types a join key can have; those whose key bytes Feast defines first. */
    public static List<ValueType.Scalar> keyTypes() {
        return List.of(
                Scalar.STRING,
                Scalar.INT64,
                Scalar.INT32,
                Scalar.BYTES,
                Scalar.UNIX_TIMESTAMP,
                Scalar.BOOL,
                Scalar.UUID,
                Scalar.DECIMAL);
    }

    /** A name that breaks whoever forgets to quote; unique for the number, also where case is ignored. */
    public String name(int number) {
        return AWKWARD.get(random.nextInt(AWKWARD.size())) + number;
    }

    /** An awkward name that may also be a file's. */
    public String fileName(int number) {
        return List.of("plain", "MixedCase", "with space", "it's", "semi;colon", "ünïcödé", "日本語", "per%cent_")
                        .get(random.nextInt(8))
                + number;
    }

    /** Null one time in six, parts included. */
    public Value value(ValueType type) {
        return random.nextInt(6) == 0 ? Values.NULL : present(type);
    }

    /** Never null itself; parts may be. */
    public Value present(ValueType type) {
        return switch (type) {
            case Scalar scalar -> scalar(scalar);
            case ValueType.ListOf list -> new Value.Many(elements(list.element()));
            case ValueType.SetOf set ->
                new Value.Many(List.copyOf(new LinkedHashSet<>(several(() -> present(set.element())))));
            case ValueType.StringMap map -> keyed();
            case ValueType.ScalarMap map -> entries();
            case ValueType.StructOf struct -> {
                Map<String, Value> parts = new LinkedHashMap<>();
                struct.fields().forEach(field -> parts.put(field.name(), value(field.type())));
                yield new Value.Keyed(parts);
            }
        };
    }

    private List<Value> elements(ValueType type) {
        if (nullElements) {
            return several(() -> value(type));
        }
        List<Value> values = several(() -> present(type));
        return values.isEmpty() && type instanceof ValueType.ListOf ? List.of(present(type)) : values;
    }

    /** A key out of few, so that rows meet. */
    public Value key(Scalar type) {
        int choice = random.nextInt(5);
        return switch (type) {
            case STRING -> new Value.Text(List.of("a", "A", "it's", "ü", "").get(choice));
            case INT64 ->
                new Value.Int(
                        List.of(0L, 1L, -1L, Long.MAX_VALUE, 9007199254740993L).get(choice));
            case INT32 ->
                new Value.Int(
                        List.of(0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE).get(choice));
            case BYTES, IMAGE_BYTES, PDF_BYTES -> new Value.Bytes(ByteBuffer.wrap(new byte[] {(byte) (choice - 2)}));
            case UNIX_TIMESTAMP -> new Value.Time(Instant.ofEpochSecond(1_700_000_000L + choice));
            case ZONED_TIMESTAMP ->
                new Value.ZonedTime(Instant.ofEpochSecond(1_700_000_000L + choice), ZoneId.of("Asia/Tokyo"));
            case BOOL -> new Value.Bool(choice % 2 == 0);
            case UUID, TIME_UUID -> new Value.Text(new UUID(7, choice).toString());
            case DECIMAL -> new Value.Text(choice + ".50");
            case JSON -> new Value.Text("{\"k\": %d}".formatted(choice));
            case FLOAT, DOUBLE -> new Value.Real(choice + 0.5);
        };
    }

    private Value scalar(Scalar type) {
        return switch (type) {
            case BYTES, IMAGE_BYTES, PDF_BYTES -> bytes();
            case STRING -> new Value.Text(TEXTS.get(random.nextInt(TEXTS.size())));
            case INT32 -> new Value.Int(random.nextInt());
            case INT64 -> new Value.Int(random.nextLong());
            case FLOAT -> new Value.Real(random.nextInt(8) == 0 ? Double.NaN : random.nextFloat());
            case DOUBLE -> new Value.Real(random.nextInt(8) == 0 ? Double.NaN : random.nextGaussian());
            case BOOL -> new Value.Bool(random.nextBoolean());
            case UNIX_TIMESTAMP -> new Value.Time(time());
            case ZONED_TIMESTAMP ->
                new Value.ZonedTime(
                        time(),
                        ZoneId.of(List.of("UTC", "Europe/Paris", "Asia/Tokyo").get(random.nextInt(3))));
            case DECIMAL -> new Value.Text("%d.%02d0".formatted(random.nextInt(), random.nextInt(100)));
            case JSON -> new Value.Text("{\"b\" : [1, null], \"a\": \"%d\"}".formatted(random.nextInt()));
            case UUID, TIME_UUID -> new Value.Text(new UUID(random.nextLong(), random.nextLong()).toString());
        };
    }

    private Value keyed() {
        Map<String, Value> values = new LinkedHashMap<>();
        several(random::nextInt).forEach(number -> values.put("it's " + number, value(Scalar.STRING)));
        return new Value.Keyed(values);
    }

    /** Feast's maps of scalars know no strings for keys; those make plain maps. */
    private Value entries() {
        Map<Value, Value> entries = new LinkedHashMap<>();
        for (Scalar key : List.of(Scalar.INT64, Scalar.UUID, Scalar.BOOL, Scalar.UNIX_TIMESTAMP)) {
            entries.put(scalar(key), value(Scalar.DOUBLE));
        }
        return new Value.Entries(entries);
    }

    private Value bytes() {
        byte[] bytes = new byte[random.nextInt(6)];
        random.nextBytes(bytes);
        return new Value.Bytes(ByteBuffer.wrap(bytes));
    }

    private Instant time() {
        return Instant.ofEpochSecond(random.nextLong(-3_000_000_000L, 3_000_000_000L), random.nextInt(1_000_000_000))
                .truncatedTo(precision);
    }

    private <T> List<T> several(Supplier<T> one) {
        return Stream.generate(one).limit(random.nextInt(4)).toList();
    }
}
