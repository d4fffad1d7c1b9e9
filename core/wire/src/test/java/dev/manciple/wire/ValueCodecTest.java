package dev.manciple.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.ListOf;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.model.ValueType.SetOf;
import dev.manciple.model.ValueType.StructOf;
import dev.manciple.spi.Value;
import dev.manciple.wire.proto.ValueProto;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class ValueCodecTest {
    private static final long SEED = 20_260_601;
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);
    private static final StructOf STRUCT = new StructOf(List.of(
            Field.of("number", Scalar.INT64),
            Field.of("text", Scalar.STRING),
            Field.of("when", Scalar.UNIX_TIMESTAMP)));

    /** Each value with its type and the message protobuf itself would have made of it. */
    static final List<Arguments> FORMS = List.of(
            Arguments.of(Value.Null.NULL, Scalar.INT64, proto().build()),
            Arguments.of(new Value.Int(0), Scalar.INT64, proto().setInt64Val(0).build()),
            Arguments.of(
                    new Value.Int(-7), Scalar.INT32, proto().setInt32Val(-7).build()),
            Arguments.of(
                    new Value.Real(0.1f),
                    Scalar.FLOAT,
                    proto().setFloatVal(0.1f).build()),
            Arguments.of(
                    new Value.Real(-0.0),
                    Scalar.DOUBLE,
                    proto().setDoubleVal(-0.0).build()),
            Arguments.of(
                    new Value.Bool(false),
                    Scalar.BOOL,
                    proto().setBoolVal(false).build()),
            Arguments.of(
                    new Value.Text(""), Scalar.STRING, proto().setStringVal("").build()),
            Arguments.of(
                    new Value.Text("é😀"),
                    Scalar.STRING,
                    proto().setStringVal("é😀").build()),
            Arguments.of(
                    new Value.Text("{}"), Scalar.JSON, proto().setJsonVal("{}").build()),
            Arguments.of(
                    new Value.Text("1.10"),
                    Scalar.DECIMAL,
                    proto().setDecimalVal("1.10").build()),
            Arguments.of(
                    new Value.Text("u"), Scalar.UUID, proto().setUuidVal("u").build()),
            Arguments.of(
                    new Value.Text("u"),
                    Scalar.TIME_UUID,
                    proto().setTimeUuidVal("u").build()),
            Arguments.of(
                    bytes("ab"),
                    Scalar.BYTES,
                    proto().setBytesVal(ByteString.copyFromUtf8("ab")).build()),
            Arguments.of(
                    bytes("ab"),
                    Scalar.IMAGE_BYTES,
                    proto().setBytesVal(ByteString.copyFromUtf8("ab")).build()),
            Arguments.of(
                    bytes(""),
                    Scalar.PDF_BYTES,
                    proto().setBytesVal(ByteString.EMPTY).build()),
            Arguments.of(
                    new Value.Time(TIME),
                    Scalar.UNIX_TIMESTAMP,
                    proto().setUnixTimestampVal(TIME.getEpochSecond()).build()),
            Arguments.of(
                    new Value.ZonedTime(TIME, ZoneId.of("Europe/Berlin")),
                    Scalar.ZONED_TIMESTAMP,
                    proto().setZonedTimestampVal(ValueProto.ZonedTimestamp.newBuilder()
                                    .setUnixTimestamp(TIME.getEpochSecond())
                                    .setZone("Europe/Berlin"))
                            .build()),
            Arguments.of(
                    new Value.ZonedTime(Instant.EPOCH, ZoneOffset.UTC),
                    Scalar.ZONED_TIMESTAMP,
                    proto().setZonedTimestampVal(
                                    ValueProto.ZonedTimestamp.newBuilder().setZone("UTC"))
                            .build()),
            Arguments.of(
                    many(),
                    new ListOf(Scalar.INT64),
                    proto().setInt64ListVal(ValueProto.Int64List.getDefaultInstance())
                            .build()),
            Arguments.of(
                    many(new Value.Int(1), new Value.Int(-1)),
                    new ListOf(Scalar.INT32),
                    proto().setInt32ListVal(
                                    ValueProto.Int32List.newBuilder().addVal(1).addVal(-1))
                            .build()),
            Arguments.of(
                    many(new Value.Bool(true), new Value.Bool(false)),
                    new ListOf(Scalar.BOOL),
                    proto().setBoolListVal(ValueProto.BoolList.newBuilder()
                                    .addVal(true)
                                    .addVal(false))
                            .build()),
            Arguments.of(
                    many(new Value.Real(1.5f)),
                    new ListOf(Scalar.FLOAT),
                    proto().setFloatListVal(ValueProto.FloatList.newBuilder().addVal(1.5f))
                            .build()),
            Arguments.of(
                    many(new Value.Text("a"), new Value.Text("")),
                    new ListOf(Scalar.STRING),
                    proto().setStringListVal(ValueProto.StringList.newBuilder()
                                    .addVal("a")
                                    .addVal(""))
                            .build()),
            Arguments.of(
                    many(new Value.Time(TIME), Value.Null.NULL),
                    new ListOf(Scalar.UNIX_TIMESTAMP),
                    proto().setUnixTimestampListVal(ValueProto.Int64List.newBuilder()
                                    .addVal(TIME.getEpochSecond())
                                    .addVal(Long.MIN_VALUE))
                            .build()),
            Arguments.of(
                    many(new Value.Text("1"), new Value.Text("2.0")),
                    new SetOf(Scalar.DECIMAL),
                    proto().setDecimalSetVal(ValueProto.StringSet.newBuilder()
                                    .addVal("1")
                                    .addVal("2.0"))
                            .build()),
            Arguments.of(
                    many(bytes("x")),
                    new SetOf(Scalar.BYTES),
                    proto().setBytesSetVal(ValueProto.BytesSet.newBuilder().addVal(ByteString.copyFromUtf8("x")))
                            .build()),
            Arguments.of(
                    many(new Value.Int(1), Value.Null.NULL),
                    new ListOf(Scalar.INT64),
                    proto().setListVal(ValueProto.RepeatedValue.newBuilder()
                                    .addVal(proto().setInt64Val(1))
                                    .addVal(proto()))
                            .build()),
            Arguments.of(
                    many(many(new Value.Int(1)), many()),
                    new ListOf(new ListOf(Scalar.INT64)),
                    proto().setListVal(ValueProto.RepeatedValue.newBuilder()
                                    .addVal(proto().setInt64ListVal(ValueProto.Int64List.newBuilder()
                                            .addVal(1)))
                                    .addVal(proto().setInt64ListVal(ValueProto.Int64List.getDefaultInstance())))
                            .build()),
            Arguments.of(
                    many(many(new Value.Int(1))),
                    new SetOf(new SetOf(Scalar.INT64)),
                    proto().setSetVal(ValueProto.RepeatedValue.newBuilder()
                                    .addVal(proto().setInt64SetVal(ValueProto.Int64Set.newBuilder()
                                            .addVal(1))))
                            .build()),
            Arguments.of(
                    keyed("a", new Value.Int(1), "b", Value.Null.NULL),
                    ValueType.StringMap.STRING_MAP,
                    proto().setMapVal(ValueProto.Map.newBuilder()
                                    .putVal("a", proto().setInt64Val(1).build())
                                    .putVal("b", proto().build()))
                            .build()),
            Arguments.of(
                    keyed("number", new Value.Int(1), "text", new Value.Text("t")),
                    STRUCT,
                    proto().setStructVal(ValueProto.Map.newBuilder()
                                    .putVal("number", proto().setInt64Val(1).build())
                                    .putVal("text", proto().setStringVal("t").build()))
                            .build()),
            Arguments.of(
                    many(keyed("number", new Value.Int(1)), keyed()),
                    new ListOf(STRUCT),
                    proto().setStructListVal(ValueProto.MapList.newBuilder()
                                    .addVal(ValueProto.Map.newBuilder()
                                            .putVal(
                                                    "number",
                                                    proto().setInt64Val(1).build()))
                                    .addVal(ValueProto.Map.getDefaultInstance()))
                            .build()),
            Arguments.of(
                    new Value.Entries(Map.of(new Value.Int(0), new Value.Real(2.5))),
                    ValueType.ScalarMap.SCALAR_MAP,
                    proto().setScalarMapVal(ValueProto.ScalarMap.newBuilder()
                                    .addVal(ValueProto.ScalarMapEntry.newBuilder()
                                            .setKey(ValueProto.MapKey.newBuilder()
                                                    .setInt64Key(0))
                                            .setValue(proto().setDoubleVal(2.5))))
                            .build()),
            Arguments.of(
                    new Value.Entries(Map.of(new Value.Text("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), Value.Null.NULL)),
                    ValueType.ScalarMap.SCALAR_MAP,
                    proto().setScalarMapVal(ValueProto.ScalarMap.newBuilder()
                                    .addVal(ValueProto.ScalarMapEntry.newBuilder()
                                            .setKey(ValueProto.MapKey.newBuilder()
                                                    .setUuidKey("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))
                                            .setValue(proto())))
                            .build()));

    @ParameterizedTest
    @FieldSource("FORMS")
    void writesWhatProtobufWrites(Value value, ValueType type, ValueProto.Value message) {
        assertThat(ValueCodec.encode(value, type)).isEqualTo(message.toByteArray());
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void readsWhatProtobufWrites(Value value, ValueType type, ValueProto.Value message) {
        assertThat(ValueCodec.decode(message.toByteArray(), type)).isEqualTo(value);
    }

    static Stream<ValueType> types() {
        return IntStream.range(0, 60).boxed().flatMap(number -> TypeNumbers.type(number).stream());
    }

    /** Reparsing by the generated class proves the bytes to be a known message in protobuf's own spelling. */
    @ParameterizedTest
    @MethodSource("types")
    void randomValuesAreProtobufsOwnBytesAndReadBack(ValueType type) throws InvalidProtocolBufferException {
        Random random = new Random(SEED);
        for (int i = 0; i < 300; i++) {
            Value value = RandomValues.of(type, random, 3);
            byte[] bytes = ValueCodec.encode(value, type);

            var message = ValueProto.Value.parseFrom(bytes);
            assertThat(message.toByteArray()).as("%s, seed %d", value, SEED).isEqualTo(bytes);
            assertThat(message.getUnknownFields().asMap()).isEmpty();
            assertThat(message.getValCase().getNumber())
                    .as("%s, seed %d", value, SEED)
                    .isEqualTo(value == Value.Null.NULL ? 0 : TypeNumbers.member(type));
            assertThat(ValueCodec.decode(bytes, type)).as("seed %d", SEED).isEqualTo(value);
        }
    }

    @Test
    void everyTypeOfFeastHasItsNumber() {
        assertThat(types()).hasSize(45);
        for (var number : ValueProto.ValueType.Enum.values()) {
            boolean typed = switch (number) {
                case INVALID, NULL, UNRECOGNIZED -> false;
                default -> true;
            };
            if (typed) {
                assertThat(TypeNumbers.type(number.getNumber()).map(TypeNumbers::of))
                        .contains(number.getNumber());
            }
        }
    }

    @Test
    void typesFeastLacksAreRefused() {
        for (ValueType type : List.of(
                new ListOf(Scalar.PDF_BYTES),
                new ListOf(Scalar.ZONED_TIMESTAMP),
                new ListOf(ValueType.ScalarMap.SCALAR_MAP),
                new SetOf(Scalar.JSON),
                new SetOf(ValueType.StringMap.STRING_MAP))) {
            assertThatThrownBy(() -> ValueCodec.encode(many(), type))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageMatching(
                            "Feast has no value type for (Array|Set)\\((PdfBytes|ZonedTimestamp|ScalarMap|Json|Map)\\)");
        }
    }

    @Test
    void nullsHaveThreeSpellings() {
        for (var spelling : List.of(
                proto(), proto().setNullVal(ValueProto.Null.NULL), proto().setUnixTimestampVal(Long.MIN_VALUE))) {
            assertThat(ValueCodec.decode(spelling.build().toByteArray(), Scalar.UNIX_TIMESTAMP))
                    .isEqualTo(Value.Null.NULL);
        }
    }

    @Test
    void timesRoundDownToSeconds() {
        Value time = new Value.Time(Instant.parse("1969-12-31T23:59:59.500Z"));
        assertThat(ValueCodec.decode(ValueCodec.encode(time, Scalar.UNIX_TIMESTAMP), Scalar.UNIX_TIMESTAMP))
                .isEqualTo(new Value.Time(Instant.ofEpochSecond(-1)));
    }

    @Test
    void setsDropDuplicates() {
        Value set = many(new Value.Int(2), new Value.Int(1), new Value.Int(2));
        SetOf type = new SetOf(Scalar.INT64);
        assertThat(ValueCodec.decode(ValueCodec.encode(set, type), type))
                .isEqualTo(many(new Value.Int(2), new Value.Int(1)));
    }

    @Test
    void nullFractionsInListsAreNotNumbers() {
        ListOf type = new ListOf(Scalar.DOUBLE);
        Value list = many(new Value.Real(1), Value.Null.NULL);
        assertThat(ValueCodec.decode(ValueCodec.encode(list, type), type))
                .isEqualTo(many(new Value.Real(1), new Value.Real(Double.NaN)));
    }

    @Test
    void widensWhatAnOlderSchemaStored() {
        assertThat(ValueCodec.decode(proto().setInt32Val(5).build().toByteArray(), Scalar.INT64))
                .isEqualTo(new Value.Int(5));
        assertThat(ValueCodec.decode(proto().setInt64Val(5).build().toByteArray(), Scalar.DOUBLE))
                .isEqualTo(new Value.Real(5));
        assertThat(ValueCodec.decode(proto().setStringVal("u").build().toByteArray(), Scalar.UUID))
                .isEqualTo(new Value.Text("u"));
        assertThat(ValueCodec.decode(proto().setInt64Val(7).build().toByteArray(), Scalar.UNIX_TIMESTAMP))
                .isEqualTo(new Value.Time(Instant.ofEpochSecond(7)));
        assertThat(ValueCodec.decode(
                        proto().setInt32ListVal(
                                        ValueProto.Int32List.newBuilder().addVal(1))
                                .build()
                                .toByteArray(),
                        new ListOf(Scalar.DOUBLE)))
                .isEqualTo(many(new Value.Real(1)));
    }

    @Test
    void anotherTypeIsCorruptAndSaysSo() {
        assertThat(ValueCodec.decode(proto().setStringVal("x").build().toByteArray(), Scalar.INT64))
                .isInstanceOfSatisfying(
                        Value.Corrupt.class,
                        corrupt -> assertThat(corrupt.reason()).contains("'x' is no Int64"));
        assertThat(ValueCodec.decode(proto().setInt64Val(1L << 40).build().toByteArray(), Scalar.INT32))
                .isInstanceOf(Value.Corrupt.class);
        assertThat(ValueCodec.decode(
                        proto().setUnixTimestampVal(Long.MAX_VALUE).build().toByteArray()))
                .isInstanceOf(Value.Corrupt.class);
    }

    @Test
    void aMemberOfANewerFeastIsCorruptRatherThanNull() {
        byte[] newer = {(byte) 0xca, 0x03, 0x01, 0x00};
        assertThat(ValueCodec.decode(newer, Scalar.STRING)).isInstanceOf(Value.Corrupt.class);
    }

    @Test
    void deepNestingIsCorruptRatherThanAStackOverflow() {
        byte[] deep = {};
        for (int i = 0; i < 500; i++) {
            deep = field(ValueProto.Value.LIST_VAL_FIELD_NUMBER, field(1, deep));
        }
        assertThat(ValueCodec.decode(deep)).isInstanceOf(Value.Corrupt.class);
    }

    @Test
    void randomBytesNeverThrow() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(24)];
            random.nextBytes(bytes);
            assertThat(ValueCodec.decode(bytes)).isNotNull();
        }
    }

    @Test
    void truncatedValuesNeverReadAsSomethingLonger() {
        byte[] whole = ValueCodec.encode(new Value.Text("hello"), Scalar.STRING);
        for (int length = 1; length < whole.length; length++) {
            assertThat(ValueCodec.decode(Arrays.copyOf(whole, length), Scalar.STRING))
                    .isInstanceOf(Value.Corrupt.class);
        }
    }

    @Test
    void refusesValuesOfAnotherType() {
        assertThatThrownBy(() -> ValueCodec.encode(new Value.Text("x"), Scalar.INT64))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessage("'x' is no Int64");
        assertThatThrownBy(() -> ValueCodec.encode(new Value.Int(1L << 31), Scalar.INT32))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("2147483648");
        assertThatThrownBy(() -> ValueCodec.encode(new Value.Real(1.5), Scalar.INT64))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> ValueCodec.encode(
                        new Value.Entries(Map.of(new Value.Text("plain"), new Value.Int(1))),
                        ValueType.ScalarMap.SCALAR_MAP))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("key");
    }

    private static byte[] field(int number, byte[] body) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        number,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFrom(body))
                                .build())
                .build()
                .toByteArray();
    }

    private static ValueProto.Value.Builder proto() {
        return ValueProto.Value.newBuilder();
    }

    private static Value.Many many(Value... values) {
        return new Value.Many(List.of(values));
    }

    private static Value.Bytes bytes(String text) {
        return new Value.Bytes(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Value.Keyed keyed(Object... namesAndValues) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], (Value) namesAndValues[i + 1]);
        }
        return new Value.Keyed(values);
    }
}
