package dev.manciple.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Value;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The vectors were produced by Feast 0.66. */
class EntityKeyCodecTest {
    private static final Field DRIVER = Field.of("driver_id", Scalar.INT64);
    private static final EntityKey DRIVER_1001 = new EntityKey(List.of("driver_id"), List.of(new Value.Int(1001)));
    private static final EntityKey NO_KEY = new EntityKey(List.of(), List.of());
    private static final List<Field> USER_AND_DRIVER =
            List.of(Field.of("user_id", Scalar.STRING), Field.of("driver_id", Scalar.INT64));
    private static final EntityKey U1_5 =
            new EntityKey(List.of("user_id", "driver_id"), List.of(new Value.Text("u1"), new Value.Int(5)));

    static final List<Arguments> VECTORS = List.of(
            vector(
                    "0100000002000000090000006472697665725f69640400000008000000e903000000000000",
                    "f3cfd4a822f245b63975464763babaec",
                    column("driver_id", Scalar.INT64, new Value.Int(1001))),
            vector(
                    "0100000002000000090000006472697665725f69640400000008000000ffffffffffffffff",
                    "b1bc9ae33dfca351329851e177634c44",
                    column("driver_id", Scalar.INT64, new Value.Int(-1))),
            vector(
                    "0100000002000000090000006472697665725f696404000000080000000000000000000080",
                    "b55a2ab157bdac9744f58535d8547d9b",
                    column("driver_id", Scalar.INT64, new Value.Int(Long.MIN_VALUE))),
            vector(
                    "0100000002000000020000006964030000000400000007000000",
                    "1a9589dc0436a14a26347157e192a862",
                    column("id", Scalar.INT32, new Value.Int(7))),
            vector(
                    "01000000020000000200000069640300000004000000feffffff",
                    "b2af283cf020456f2ee245108abdb40f",
                    column("id", Scalar.INT32, new Value.Int(-2))),
            vector(
                    "0100000002000000020000006964030000000400000000000000",
                    "7b780aee6395d7887b4580a7d338807b",
                    column("id", Scalar.INT32, new Value.Int(0))),
            vector(
                    "010000000200000004000000757365720200000003000000616263",
                    "0fa035a0fd8aa0e4261708c4f6f66178",
                    column("user", Scalar.STRING, new Value.Text("abc"))),
            vector(
                    "01000000020000000a0000005f5f64756d6d795f69640200000000000000",
                    "de92cd1db280c7aa956cd0b5fe07eb08",
                    column("__dummy_id", Scalar.STRING, new Value.Text(""))),
            vector(
                    "01000000020000000400000075736572020000000d00000068c3a96c6c6fe282acf09f9880",
                    "6c03e558412ec80293377b870bfc5f0d",
                    column("user", Scalar.STRING, new Value.Text("héllo€😀"))),
            vector(
                    "010000000200000004000000636cc3a9020000000100000078",
                    "9562ef6ed3d69d9b9192d48a39c7e9a9",
                    column("clé", Scalar.STRING, new Value.Text("x"))),
            vector(
                    "0100000002000000010000006b010000000300000000ff10",
                    "b4a92a2be50245031d1cdbce7a079cff",
                    column("k", Scalar.BYTES, bytes(0x00, 0xff, 0x10))),
            vector(
                    "0100000002000000020000007473080000000800000000f1536500000000",
                    "fcc051288e7bde84384ef110a04f5aee",
                    column("ts", Scalar.UNIX_TIMESTAMP, new Value.Time(Instant.ofEpochSecond(1700000000)))),
            vector(
                    "01000000020000000200000074730800000008000000ffffffffffffffff",
                    "2672fec00769fc7e704a5535b7babad4",
                    column("ts", Scalar.UNIX_TIMESTAMP, new Value.Time(Instant.ofEpochSecond(-1)))),
            vector(
                    "0200000002000000090000006472697665725f69640200000007000000757365725f69640400000008000000050000000000000002000000020000007531",
                    "48f692e53290b56e59cf4fa4bc7b8bba",
                    column("user_id", Scalar.STRING, new Value.Text("u1")),
                    column("driver_id", Scalar.INT64, new Value.Int(5))),
            vector(
                    "0300000002000000010000004302000000010000006102000000010000006201000000010000000102000000010000007a030000000400000001000000",
                    "4251c87f19fed81aa7fc56b80a82493e",
                    column("b", Scalar.INT32, new Value.Int(1)),
                    column("a", Scalar.STRING, new Value.Text("z")),
                    column("C", Scalar.BYTES, bytes(0x01))),
            vector(
                    "010000000200000003000000756964020000002400000036626137623831302d396461642d313164312d383062342d303063303466643433306338",
                    "fe8875ea9365d8d30e220a8a949c69d4",
                    column("uid", Scalar.UUID, new Value.Text("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))));

    @ParameterizedTest
    @FieldSource("VECTORS")
    void writesWhatFeastWrites(String hex, String id, List<Field> columns, EntityKey key) {
        byte[] encoded = EntityKeyCodec.of(columns).encode(key);

        assertThat(hex(encoded)).isEqualTo(hex);
        assertThat(EntityKeyCodec.entityId(encoded)).isEqualTo(id);
    }

    @ParameterizedTest
    @FieldSource("VECTORS")
    void readsWhatFeastWrites(String hex, String id, List<Field> columns, EntityKey key) {
        assertThat(EntityKeyCodec.of(columns).decode(bytes(hex))).isEqualTo(key);
    }

    @Test
    void viewOfGlobalValuesHasFeastsDummyKey() {
        EntityKeyCodec codec = EntityKeyCodec.of(List.of());
        byte[] key = codec.encode(NO_KEY);

        assertThat(hex(key)).isEqualTo("01000000020000000a0000005f5f64756d6d795f69640200000000000000");
        assertThat(codec.decode(key)).isEqualTo(NO_KEY);
    }

    @Test
    void writesOlderVersions() {
        assertThat(hex(EntityKeyCodec.of(List.of(DRIVER), 2).encode(DRIVER_1001)))
                .isEqualTo("020000006472697665725f69640400000008000000e903000000000000");
        assertThat(hex(EntityKeyCodec.of(List.of(Field.of("id", Scalar.INT32)), 2)
                        .encode(new EntityKey(List.of("id"), List.of(new Value.Int(7))))))
                .isEqualTo("020000006964030000000400000007000000");
        assertThat(hex(EntityKeyCodec.of(List.of(), 2).encode(NO_KEY)))
                .isEqualTo("020000005f5f64756d6d795f69640200000000000000");
        assertThat(hex(EntityKeyCodec.of(USER_AND_DRIVER, 2).encode(U1_5)))
                .isEqualTo(
                        "020000006472697665725f696402000000757365725f69640400000008000000050000000000000002000000020000007531");
        assertThat(hex(EntityKeyCodec.of(List.of(DRIVER), 1).encode(DRIVER_1001)))
                .isEqualTo("020000006472697665725f69640400000004000000e9030000");
    }

    @Test
    void olderVersionsCannotBeReadBack() {
        assertThatThrownBy(() -> EntityKeyCodec.of(List.of(DRIVER), 2).decode(new byte[4]))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void firstVersionsRefuseIntegersOf64Bits() {
        EntityKey key = new EntityKey(List.of("driver_id"), List.of(new Value.Int(1L << 31)));
        assertThatThrownBy(() -> EntityKeyCodec.of(List.of(DRIVER), 1).encode(key))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("2147483648");
    }

    @Test
    void prefixesAreTheStartOfEveryKey() {
        assertThat(hex(EntityKeyCodec.prefix(List.of("driver_id"))))
                .isEqualTo("0100000002000000090000006472697665725f6964");
        assertThat(hex(EntityKeyCodec.prefix(List.of("user_id", "driver_id"))))
                .isEqualTo("0200000002000000090000006472697665725f69640200000007000000757365725f6964");
        assertThat(hex(EntityKeyCodec.prefix(List.of()))).isEqualTo("00000000");
    }

    @Test
    void redisKeysAreTheKeyAndTheProject() {
        String project = hex("my_project".getBytes(StandardCharsets.UTF_8));
        assertThat(hex(EntityKeyCodec.of(List.of(DRIVER)).encode(DRIVER_1001)) + project)
                .isEqualTo(
                        "0100000002000000090000006472697665725f69640400000008000000e9030000000000006d795f70726f6a656374");
        assertThat(hex(EntityKeyCodec.of(List.of()).encode(NO_KEY)) + project)
                .isEqualTo("01000000020000000a0000005f5f64756d6d795f696402000000000000006d795f70726f6a656374");
    }

    @Test
    void hashesFieldsAsFeastsRedisLayoutDoes() {
        assertThat(hex(EntityKeyCodec.murmur32("driver_hourly_stats:conv_rate")))
                .isEqualTo("6160e3da");
        assertThat(hex(EntityKeyCodec.murmur32("driver_hourly_stats:acc_rate"))).isEqualTo("fa5e58ad");
        assertThat(hex(EntityKeyCodec.murmur32("fv:f"))).isEqualTo("3a27cb89");
        assertThat(hex(EntityKeyCodec.murmur32("driver_hourly_stats_v2:conv_rate")))
                .isEqualTo("bfac5cd4");
        assertThat(hex(EntityKeyCodec.murmur32("fv:é"))).isEqualTo("e035c247");
    }

    /** U+FFFD is behind U+1F600 for {@code String.compareTo}, which compares halves of surrogate pairs. */
    @Test
    void sortsNamesByCodePoint() {
        assertThat(hex(EntityKeyCodec.prefix(List.of("😀", "\uFFFD"))))
                .isEqualTo("020000000200000003000000efbfbd0200000004000000f09f9880");
    }

    @Test
    void timesRoundDownToSeconds() {
        List<Field> columns = List.of(Field.of("ts", Scalar.UNIX_TIMESTAMP));
        Value time = new Value.Time(Instant.parse("1969-12-31T23:59:59.500Z"));
        assertThat(hex(EntityKeyCodec.of(columns).encode(new EntityKey(List.of("ts"), List.of(time)))))
                .endsWith("ffffffffffffffff");
    }

    @ParameterizedTest
    @EnumSource(
            value = Scalar.class,
            names = {"FLOAT", "DOUBLE", "BOOL", "ZONED_TIMESTAMP", "IMAGE_BYTES", "PDF_BYTES"})
    void refusesTypesFeastHasNoKeysOf(Scalar type) {
        assertThatThrownBy(() -> EntityKeyCodec.of(List.of(Field.of("id", type))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'id'")
                .hasMessageContaining(type.name());
    }

    @Test
    void namesTheViewWhoseKeysCannotBeStored() {
        FeatureView prices = FeatureView.of("prices")
                .source(DataSource.Batch.files("unused.parquet"))
                .entityColumns(List.of(Field.of("price", Scalar.DOUBLE)));
        EntityKeyCodec.requireStorable(List.of(prices.entityColumns(List.of(DRIVER))));
        assertThatThrownBy(() -> EntityKeyCodec.requireStorable(List.of(prices)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("View 'prices'")
                .hasMessageContaining("'price'");
    }

    @Test
    void refusesListsAsKeys() {
        assertThatThrownBy(() -> EntityKeyCodec.of(List.of(Field.of("ids", new ValueType.ListOf(Scalar.INT64)))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'ids'");
    }

    @Test
    void refusesValuesOfAnotherType() {
        EntityKeyCodec codec = EntityKeyCodec.of(List.of(DRIVER));
        assertThatThrownBy(() -> codec.encode(new EntityKey(List.of("driver_id"), List.of(new Value.Text("x")))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'driver_id' needs an integer");
        assertThatThrownBy(() -> codec.encode(new EntityKey(List.of("driver_id"), List.of(Value.Null.NULL))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("NULL");
        assertThatThrownBy(() -> codec.encode(new EntityKey(List.of("user_id"), List.of(new Value.Int(1)))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("user_id");
    }

    @Test
    void refusesTextThatUtf8CannotHold() {
        EntityKeyCodec codec = EntityKeyCodec.of(List.of(Field.of("user", Scalar.STRING)));
        for (String broken : List.of("\uD83D", "\uDE00a", "a\uD83Db")) {
            assertThatThrownBy(() -> codec.encode(new EntityKey(List.of("user"), List.of(new Value.Text(broken)))))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("surrogate");
        }
    }

    @Test
    void refusesRepeatedNames() {
        assertThatThrownBy(() -> EntityKeyCodec.of(List.of(DRIVER, DRIVER)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("repeat");
    }

    @Property
    void everyKeyReadsBack(
            @ForAll @Size(min = 1, max = 4) @UniqueElements List<String> drawn,
            @ForAll long number,
            @ForAll String text) {
        List<String> names =
                drawn.stream().map(name -> "k" + valid(name)).distinct().toList();
        List<Field> columns = names.stream()
                .map(name -> Field.of(name, names.indexOf(name) % 2 == 0 ? Scalar.INT64 : Scalar.STRING))
                .toList();
        List<Value> values = names.stream()
                .<Value>map(name -> names.indexOf(name) % 2 == 0
                        ? new Value.Int(number + names.indexOf(name))
                        : new Value.Text(valid(text)))
                .toList();
        EntityKey key = new EntityKey(names, values);
        EntityKeyCodec codec = EntityKeyCodec.of(columns);

        assertThat(codec.decode(codec.encode(key))).isEqualTo(key);
    }

    @Property
    void brokenKeysAreRefused(@ForAll byte[] random, @ForAll int cut) {
        EntityKeyCodec codec = EntityKeyCodec.of(USER_AND_DRIVER);
        byte[] good = codec.encode(U1_5);
        byte[] truncated = Arrays.copyOf(good, Math.floorMod(cut, good.length));
        byte[] extended = ByteBuffer.allocate(good.length + random.length + 1)
                .put(good)
                .put(random)
                .array();
        for (byte[] broken : List.of(truncated, extended, random)) {
            assertThatThrownBy(() -> codec.decode(broken))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("invalid");
        }
    }

    /** Text as UTF-8 gives it back, without halves of surrogate pairs. */
    private static String valid(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private record Column(Field field, Value value) {}

    private static Column column(String name, Scalar type, Value value) {
        return new Column(Field.of(name, type), value);
    }

    private static Arguments vector(String hex, String id, Column... columns) {
        List<Field> fields = Arrays.stream(columns).map(Column::field).toList();
        EntityKey key = new EntityKey(
                fields.stream().map(Field::name).toList(),
                Arrays.stream(columns).map(Column::value).toList());
        return Arguments.of(hex, id, fields, key);
    }

    private static Value.Bytes bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        Arrays.stream(values).forEach(value -> buffer.put((byte) value));
        return new Value.Bytes(buffer.flip());
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
