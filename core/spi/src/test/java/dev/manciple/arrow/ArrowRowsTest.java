package dev.manciple.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
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
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArrowRowsTest {
    private final BufferAllocator allocator = new RootAllocator();

    /** Fails if a buffer was not released. */
    @AfterEach
    void close() {
        allocator.close();
    }

    static Stream<ValueType> types() {
        Stream<ValueType> scalars = Stream.of(Scalar.values());
        Stream<ValueType> lists = Stream.of(Scalar.values()).map(ValueType.ListOf::new);
        Stream<ValueType> sets = Stream.of(Scalar.values()).map(ValueType.SetOf::new);
        ValueType struct = new ValueType.StructOf(List.of(
                Field.of("number", Scalar.INT64),
                Field.of("words", new ValueType.ListOf(Scalar.STRING)),
                Field.of("deep", new ValueType.StructOf(List.of(Field.of("at", Scalar.ZONED_TIMESTAMP))))));
        Stream<ValueType> nested = Stream.of(
                struct,
                ValueType.StringMap.STRING_MAP,
                ValueType.ScalarMap.SCALAR_MAP,
                new ValueType.ListOf(struct),
                new ValueType.ListOf(ValueType.StringMap.STRING_MAP),
                new ValueType.ListOf(new ValueType.ListOf(Scalar.INT32)),
                new ValueType.SetOf(new ValueType.ListOf(Scalar.DECIMAL)),
                new ValueType.StructOf(List.of(Field.of("map", ValueType.StringMap.STRING_MAP))));
        return Stream.of(scalars, lists, sets, nested).flatMap(each -> each);
    }

    @ParameterizedTest
    @MethodSource("types")
    void readsBackWhatItWrote(ValueType type) throws Exception {
        long seed = new Random().nextLong();
        RandomValues random = new RandomValues(new Random(seed));
        List<List<Value>> rows = Stream.generate(() -> List.of(random.value(type), random.value(type)))
                .limit(200)
                .toList();
        Schema schema = new Schema(List.of(ArrowTypes.arrow("a", type), ArrowTypes.arrow("b", type)));
        try (ArrowReader reader = open(schema, rows, 64)) {
            assertThat(ArrowRows.read(reader, List.of(type, type)))
                    .as("%s, seed %d", type, seed)
                    .isEqualTo(rows);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void infersATypeForEveryColumnItMakes(ValueType type) {
        ValueType inferred = ArrowTypes.valueType(ArrowTypes.arrow("x", type));
        assertThat(ArrowTypes.arrow("x", inferred)).isEqualTo(ArrowTypes.arrow("x", type));
    }

    @Test
    void givesBatchesOfTheSizeAskedFor() throws Exception {
        List<List<Value>> rows = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rows.add(List.of(new Value.Int(i)));
        }
        try (ArrowReader reader = open(new Schema(List.of(ArrowTypes.arrow("n", Scalar.INT64))), rows, 2)) {
            List<Integer> sizes = new ArrayList<>();
            while (reader.loadNextBatch()) {
                sizes.add(reader.getVectorSchemaRoot().getRowCount());
            }
            assertThat(sizes).containsExactly(2, 2, 1);
        }
    }

    @Test
    void hasASchemaWithoutRows() throws Exception {
        Schema schema = new Schema(List.of(ArrowTypes.arrow("n", Scalar.INT64)));
        try (ArrowReader reader = open(schema, List.of(), 10)) {
            assertThat(ArrowRows.types(reader)).containsExactly(Scalar.INT64);
            assertThat(ArrowRows.read(reader)).isEmpty();
        }
    }

    @Test
    void refusesARowOfAnotherWidth() throws Exception {
        Schema schema = new Schema(List.of(ArrowTypes.arrow("n", Scalar.INT64)));
        try (ArrowReader reader = open(schema, List.of(List.of()), 10)) {
            assertThatThrownBy(() -> ArrowRows.read(reader)).hasMessageContaining("0 values for 1 columns");
        }
    }

    @Test
    void namesTheColumnAndTheValueThatDoNotFit() throws Exception {
        Schema schema = new Schema(List.of(ArrowTypes.arrow("age", Scalar.INT32)));
        try (ArrowReader reader = open(schema, List.of(List.of(new Value.Int(1L << 40))), 10)) {
            assertThatThrownBy(() -> ArrowRows.read(reader))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'age'")
                    .hasMessageContaining("1099511627776");
        }
    }

    private ArrowReader open(Schema schema, List<List<Value>> rows, int batchSize) {
        return ArrowRows.reader(allocator, schema, rows, batchSize);
    }

    /** Values of every type, null one time in six, deep inside too. */
    private record RandomValues(Random random) {
        Value value(ValueType type) {
            return random.nextInt(6) == 0 ? Value.Null.NULL : present(type);
        }

        private Value present(ValueType type) {
            return switch (type) {
                case Scalar scalar -> scalar(scalar);
                case ValueType.ListOf list -> new Value.Many(many(() -> value(list.element())));
                case ValueType.SetOf set ->
                    new Value.Many(List.copyOf(new LinkedHashSet<>(many(() -> value(set.element())))));
                case ValueType.StringMap map -> keyed();
                case ValueType.ScalarMap map -> entries();
                case ValueType.StructOf struct -> {
                    Map<String, Value> parts = new LinkedHashMap<>();
                    struct.fields().forEach(field -> parts.put(field.name(), value(field.type())));
                    yield new Value.Keyed(parts);
                }
            };
        }

        private Value scalar(Scalar type) {
            return switch (type) {
                case BYTES, IMAGE_BYTES, PDF_BYTES -> bytes();
                case STRING -> text();
                case INT32 -> new Value.Int(random.nextInt());
                case INT64 -> new Value.Int(random.nextLong());
                case FLOAT -> new Value.Real(random.nextBoolean() ? Float.NaN : random.nextFloat());
                case DOUBLE -> new Value.Real(random.nextBoolean() ? Double.NEGATIVE_INFINITY : random.nextGaussian());
                case BOOL -> new Value.Bool(random.nextBoolean());
                case UNIX_TIMESTAMP -> new Value.Time(time());
                case ZONED_TIMESTAMP -> new Value.ZonedTime(time(), ZoneId.of("Europe/Paris"));
                case DECIMAL -> new Value.Text("1" + random.nextInt(1000) + ".10");
                case JSON -> new Value.Text("{\"a\" : [1, " + random.nextInt() + "]}");
                case UUID, TIME_UUID -> new Value.Text(new UUID(random.nextLong(), random.nextLong()).toString());
            };
        }

        private Value keyed() {
            Map<String, Value> values = new LinkedHashMap<>();
            many(this::text).forEach(text -> values.put(text + "'\"", random.nextBoolean() ? text : Value.Null.NULL));
            return new Value.Keyed(values);
        }

        private Value entries() {
            Map<Value, Value> entries = new LinkedHashMap<>();
            for (Scalar key : Scalar.values()) {
                entries.put(scalar(key), scalar(key));
            }
            entries.put(new Value.Text("nested"), new Value.Many(List.of(keyed(), new Value.Entries(Map.of()))));
            entries.put(new Value.Text("$time"), new Value.Keyed(Map.of("$time", new Value.Text("not a tag"))));
            entries.put(new Value.Text("null"), Value.Null.NULL);
            return new Value.Entries(entries);
        }

        private Value text() {
            return new Value.Text("ü€\uD83D\uDE00" + random.nextInt());
        }

        private Value bytes() {
            byte[] bytes = new byte[random.nextInt(5)];
            random.nextBytes(bytes);
            return new Value.Bytes(ByteBuffer.wrap(bytes));
        }

        private Instant time() {
            return Instant.ofEpochSecond(
                            random.nextLong(-3_000_000_000L, 3_000_000_000L), random.nextInt(1_000_000_000))
                    .truncatedTo(ChronoUnit.MICROS);
        }

        private List<Value> many(Supplier<Value> value) {
            return Stream.generate(value).limit(random.nextInt(4)).toList();
        }
    }
}
