package dev.manciple.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ArrowValuesTest {
    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void close() {
        allocator.close();
    }

    private <V extends FieldVector> Value read(ArrowType arrow, Class<V> kind, Consumer<V> fill, ValueType type) {
        return read(org.apache.arrow.vector.types.pojo.Field.nullable("column", arrow), kind, fill, type);
    }

    private <V extends FieldVector> Value read(
            org.apache.arrow.vector.types.pojo.Field field, Class<V> kind, Consumer<V> fill, ValueType type) {
        try (FieldVector vector = field.createVector(allocator)) {
            fill.accept(kind.cast(vector));
            vector.setValueCount(1);
            return ArrowValues.get(vector, 0, type);
        }
    }

    private Value readText(String text, ValueType type) {
        return read(
                ArrowType.Utf8.INSTANCE,
                VarCharVector.class,
                v -> v.setSafe(0, text.getBytes(StandardCharsets.UTF_8)),
                type);
    }

    @Nested
    class Numbers {
        @Test
        void ofEveryWidthAreExact() {
            assertThat(read(new ArrowType.Int(8, true), TinyIntVector.class, v -> v.setSafe(0, -5), Scalar.INT32))
                    .isEqualTo(new Value.Int(-5));
            assertThat(read(new ArrowType.Int(8, false), UInt1Vector.class, v -> v.setSafe(0, 255), Scalar.INT32))
                    .isEqualTo(new Value.Int(255));
            assertThat(read(new ArrowType.Int(16, false), UInt2Vector.class, v -> v.setSafe(0, 65_535), Scalar.INT64))
                    .isEqualTo(new Value.Int(65_535));
            assertThat(read(new ArrowType.Int(32, false), UInt4Vector.class, v -> v.setSafe(0, -1), Scalar.INT64))
                    .isEqualTo(new Value.Int(4_294_967_295L));
            assertThat(read(
                            new ArrowType.Int(64, true),
                            BigIntVector.class,
                            v -> v.setSafe(0, 9007199254740993L),
                            Scalar.INT64))
                    .isEqualTo(new Value.Int(9007199254740993L));
        }

        @Test
        void tooLargeForTheirTypeAreRefused() {
            assertThatThrownBy(() ->
                            read(new ArrowType.Int(64, false), UInt8Vector.class, v -> v.setSafe(0, -1L), Scalar.INT64))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'column'")
                    .hasMessageContaining("18446744073709551615");
            assertThatThrownBy(() -> read(
                            new ArrowType.Int(64, true), BigIntVector.class, v -> v.setSafe(0, 1L << 31), Scalar.INT32))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("2147483648");
        }

        @Test
        void becomeADoubleOnlyWithoutLoss() {
            assertThat(read(
                            new ArrowType.Int(64, true),
                            BigIntVector.class,
                            v -> v.setSafe(0, 1L << 53),
                            Scalar.DOUBLE))
                    .isEqualTo(new Value.Real(9007199254740992.0));
            assertThatThrownBy(() -> read(
                            new ArrowType.Int(64, true),
                            BigIntVector.class,
                            v -> v.setSafe(0, (1L << 53) + 1),
                            Scalar.DOUBLE))
                    .isInstanceOf(InvalidRequestException.class);
            assertThatThrownBy(() -> read(
                            new ArrowType.Int(64, true),
                            BigIntVector.class,
                            v -> v.setSafe(0, Long.MAX_VALUE),
                            Scalar.DOUBLE))
                    .isInstanceOf(InvalidRequestException.class);
        }

        /** Keys are found by their text, whichever way it came. */
        @Test
        void writeSmallDecimalsAsPythonDoesWhereverTheyCameFrom() {
            BigDecimal small = new BigDecimal("0.00000010");
            assertThat(read(
                            new ArrowType.Decimal(18, 8, 128),
                            DecimalVector.class,
                            v -> v.setSafe(0, small),
                            Scalar.DECIMAL))
                    .isEqualTo(new Value.Text("1.0E-7"));
            assertThat(ArrowValues.convert(new Value.Text("0.00000010"), Scalar.DECIMAL, "key"))
                    .isEqualTo(new Value.Text("1.0E-7"));
        }

        @Test
        void keepTheScaleOfDecimals() {
            assertThat(read(
                            new ArrowType.Decimal(10, 2, 128),
                            DecimalVector.class,
                            v -> v.setSafe(0, new BigDecimal("1.10")),
                            Scalar.DECIMAL))
                    .isEqualTo(new Value.Text("1.10"));
            assertThat(read(
                            new ArrowType.Decimal(10, 2, 128),
                            DecimalVector.class,
                            v -> v.setSafe(0, new BigDecimal("1.10")),
                            Scalar.DOUBLE))
                    .isEqualTo(new Value.Real(1.1));
        }

        @ParameterizedTest
        @CsvSource({"1.10, 1.10", "0E-7, 0E-7", "1.0e-8, 1.0E-8", "1E+2, 1E+2", "' 7 ', 7"})
        void asDecimalsKeepTheirExponent(String text, String kept) {
            assertThat(readText(text, Scalar.DECIMAL)).isEqualTo(new Value.Text(kept));
        }

        @ParameterizedTest
        @EnumSource(
                value = Scalar.class,
                names = {"INT32", "INT64"})
        void missingAsNaNAreNullWhereIntegersAreDeclared(Scalar type) {
            assertThat(read(
                            new ArrowType.FloatingPoint(FloatingPointPrecision.HALF),
                            Float2Vector.class,
                            v -> v.setSafeWithPossibleTruncate(0, Float.NaN),
                            type))
                    .isEqualTo(Value.Null.NULL);
        }

        @ParameterizedTest
        @CsvSource({"INT64, ' 42'", "INT32, 42.0", "DOUBLE, 42", "FLOAT, 42e0", "DECIMAL, 42"})
        void areParsedFromText(Scalar type, String text) {
            assertThat(readText(text, type)).isIn(new Value.Int(42), new Value.Real(42), new Value.Text("42"));
        }

        @ParameterizedTest
        @EnumSource(
                value = Scalar.class,
                names = {"INT32", "INT64", "DOUBLE", "FLOAT", "DECIMAL", "BOOL", "UNIX_TIMESTAMP"})
        void areNotParsedFromWords(Scalar type) {
            assertThatThrownBy(() -> readText("abc", type))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'column'")
                    .hasMessageContaining("'abc'");
        }

        @ParameterizedTest
        @CsvSource({"DOUBLE, 1d", "DOUBLE, 0x1p3", "DOUBLE, 1e400", "DECIMAL, 1e999999999", "INT64, 1e999999999"})
        void thatOnlyJavaReadsOrNobodyCanHoldAreRefused(Scalar type, String text) {
            assertThatThrownBy(() -> readText(text, type))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(text);
        }

        @ParameterizedTest
        @CsvSource({"nan, NaN", "NaN, NaN", "-inf, -Infinity", "Infinity, Infinity"})
        void thatAreNotFiniteAreSpelledAsProgramsDo(String text, double expected) {
            assertThat(readText(text, Scalar.DOUBLE)).isEqualTo(new Value.Real(expected));
        }
    }

    @Nested
    class Times {
        @ParameterizedTest
        @EnumSource(TimeUnit.class)
        void ofEveryUnitAndZoneAreUtc(TimeUnit unit) {
            long perSecond = switch (unit) {
                case SECOND -> 1L;
                case MILLISECOND -> 1_000L;
                case MICROSECOND -> 1_000_000L;
                case NANOSECOND -> 1_000_000_000L;
            };
            for (String zone : new String[] {null, "UTC", "Asia/Tokyo", "+02:00"}) {
                assertThat(read(
                                new ArrowType.Timestamp(unit, zone),
                                TimeStampVector.class,
                                v -> v.setSafe(0, -2 * perSecond),
                                Scalar.UNIX_TIMESTAMP))
                        .isEqualTo(new Value.Time(Instant.ofEpochSecond(-2)));
            }
        }

        @Test
        void finerThanMicrosecondsAreCutTowardsThePast() {
            assertThat(read(
                            new ArrowType.Timestamp(TimeUnit.NANOSECOND, null),
                            TimeStampVector.class,
                            v -> v.setSafe(0, -876_543_001L),
                            Scalar.UNIX_TIMESTAMP))
                    .isEqualTo(new Value.Time(Instant.parse("1969-12-31T23:59:59.123456Z")));
        }

        @Test
        void keepTheirZoneWhereItIsDeclared() {
            assertThat(read(
                            new ArrowType.Timestamp(TimeUnit.SECOND, "Asia/Tokyo"),
                            TimeStampVector.class,
                            v -> v.setSafe(0, 7),
                            Scalar.ZONED_TIMESTAMP))
                    .isEqualTo(new Value.ZonedTime(Instant.ofEpochSecond(7), ZoneId.of("Asia/Tokyo")));
            assertThat(read(
                            new ArrowType.Timestamp(TimeUnit.SECOND, null),
                            TimeStampVector.class,
                            v -> v.setSafe(0, 7),
                            Scalar.ZONED_TIMESTAMP))
                    .isEqualTo(new Value.ZonedTime(Instant.ofEpochSecond(7), ZoneOffset.UTC));
        }

        @Test
        void ofDatesAreMidnightUtc() {
            assertThat(read(
                            new ArrowType.Date(DateUnit.DAY),
                            DateDayVector.class,
                            v -> v.setSafe(0, -1),
                            Scalar.UNIX_TIMESTAMP))
                    .isEqualTo(new Value.Time(Instant.parse("1969-12-31T00:00:00Z")));
        }

        @Test
        void ofDayAreText() {
            assertThat(read(
                            new ArrowType.Time(TimeUnit.MICROSECOND, 64),
                            TimeMicroVector.class,
                            v -> v.setSafe(0, 1_500_000L),
                            Scalar.STRING))
                    .isEqualTo(new Value.Text("00:00:01.500"));
        }

        @ParameterizedTest
        @CsvSource({
            "2025-01-02T03:04:05Z, 2025-01-02T03:04:05Z",
            "2025-01-02 03:04:05, 2025-01-02T03:04:05Z",
            "2025-01-02 03:04:05.123456789, 2025-01-02T03:04:05.123456Z",
            "2025-01-02, 2025-01-02T00:00:00Z",
            "2025-01-02 03:04:05+00, 2025-01-02T03:04:05Z",
            "2025-01-02T05:04:05+02:00, 2025-01-02T03:04:05Z",
            "2025-01-02T04:04:05+01:00[Europe/Paris], 2025-01-02T03:04:05Z"
        })
        void areParsedFromText(String text, Instant expected) {
            assertThat(readText(text, Scalar.UNIX_TIMESTAMP)).isEqualTo(new Value.Time(expected));
        }
    }

    @Nested
    class Texts {
        private final ValueType struct =
                new ValueType.StructOf(List.of(Field.of("a", Scalar.INT32), Field.of("b", Scalar.STRING)));

        @Test
        void ofJsonAreMapsStructsAndListsWhereDeclared() {
            assertThat(readText("{\"a\": 1, \"c\": [1.5, null, true]}", ValueType.StringMap.STRING_MAP))
                    .isEqualTo(new Value.Keyed(Map.of(
                            "a",
                            new Value.Int(1),
                            "c",
                            new Value.Many(List.of(new Value.Real(1.5), Value.Null.NULL, new Value.Bool(true))))));
            assertThat(readText("{\"a\": 1, \"c\": 2}", struct))
                    .isEqualTo(new Value.Keyed(Map.of("a", new Value.Int(1), "b", Value.Null.NULL)));
            assertThat(readText("[{\"a\": 1}]", new ValueType.ListOf(ValueType.StringMap.STRING_MAP)))
                    .isEqualTo(new Value.Many(List.of(new Value.Keyed(Map.of("a", new Value.Int(1))))));
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                value = {"{", "{} {}", "``", "{\"a\": 99999999999999999999}"})
        void thatAreNotJsonAreRefused(String text) {
            assertThatThrownBy(() -> readText(text, ValueType.StringMap.STRING_MAP))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("not JSON");
        }

        @Test
        void ofJsonStayAsWritten() {
            assertThat(readText("{\"b\":1 , \"a\":2}", Scalar.JSON)).isEqualTo(new Value.Text("{\"b\":1 , \"a\":2}"));
            assertThatThrownBy(() -> readText("{'a'}", Scalar.JSON)).isInstanceOf(InvalidRequestException.class);
        }

        @Test
        void areMadeOfAnyOtherScalar() {
            assertThat(read(new ArrowType.Int(32, true), IntVector.class, v -> v.setSafe(0, 7), Scalar.STRING))
                    .isEqualTo(new Value.Text("7"));
            assertThat(read(
                            new ArrowType.FixedSizeBinary(16),
                            FixedSizeBinaryVector.class,
                            v -> v.setSafe(0, new byte[16]),
                            Scalar.UUID))
                    .isEqualTo(new Value.Text("00000000-0000-0000-0000-000000000000"));
        }
    }

    @Nested
    class Inference {
        private ValueType inferred(ArrowType type) {
            return ArrowTypes.valueType(org.apache.arrow.vector.types.pojo.Field.nullable("x", type));
        }

        @Test
        void coversWhatFeastLacks() {
            assertThat(inferred(new ArrowType.Int(8, true))).isEqualTo(Scalar.INT32);
            assertThat(inferred(new ArrowType.Int(16, false))).isEqualTo(Scalar.INT32);
            assertThat(inferred(new ArrowType.Int(32, false))).isEqualTo(Scalar.INT64);
            assertThat(inferred(new ArrowType.Int(64, false))).isEqualTo(Scalar.INT64);
            assertThat(inferred(new ArrowType.FloatingPoint(FloatingPointPrecision.HALF)))
                    .isEqualTo(Scalar.FLOAT);
            assertThat(inferred(new ArrowType.Date(DateUnit.DAY))).isEqualTo(Scalar.UNIX_TIMESTAMP);
            assertThat(inferred(new ArrowType.Time(TimeUnit.SECOND, 32))).isEqualTo(Scalar.STRING);
            assertThat(inferred(new ArrowType.Duration(TimeUnit.SECOND))).isEqualTo(Scalar.STRING);
            assertThat(inferred(new ArrowType.Decimal(38, 2, 128))).isEqualTo(Scalar.DECIMAL);
            assertThat(inferred(ArrowType.LargeUtf8.INSTANCE)).isEqualTo(Scalar.STRING);
            assertThat(inferred(ArrowType.LargeBinary.INSTANCE)).isEqualTo(Scalar.BYTES);
            assertThat(inferred(new ArrowType.Timestamp(TimeUnit.NANOSECOND, "Asia/Tokyo")))
                    .isEqualTo(Scalar.UNIX_TIMESTAMP);
        }

        @Test
        void ignoresTheNameOfListElements() {
            assertThat(ArrowTypes.valueType(list(ArrowType.List.INSTANCE)))
                    .isEqualTo(new ValueType.ListOf(Scalar.STRING));
            assertThat(ArrowTypes.valueType(list(ArrowType.LargeList.INSTANCE)))
                    .isEqualTo(new ValueType.ListOf(Scalar.STRING));
            assertThat(ArrowTypes.valueType(list(new ArrowType.FixedSizeList(3))))
                    .isEqualTo(new ValueType.ListOf(Scalar.STRING));
        }

        private org.apache.arrow.vector.types.pojo.Field list(ArrowType type) {
            return new org.apache.arrow.vector.types.pojo.Field(
                    "x",
                    FieldType.nullable(type),
                    List.of(org.apache.arrow.vector.types.pojo.Field.nullable("element", ArrowType.Utf8.INSTANCE)));
        }

        @Test
        void refusesUnions() {
            assertThatThrownBy(() -> inferred(new ArrowType.Union(UnionMode.Dense, new int[0])))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'x'");
        }
    }

    @Nested
    class Lists {
        @Test
        void ofFixedAndLargeSizeAreRead() {
            Value three = new Value.Many(List.of(new Value.Int(1), Value.Null.NULL, new Value.Int(3)));
            for (ArrowType type : List.of(new ArrowType.FixedSizeList(3), ArrowType.LargeList.INSTANCE)) {
                var field = new org.apache.arrow.vector.types.pojo.Field(
                        "column", FieldType.nullable(type), List.of(ArrowTypes.arrow("element", Scalar.INT64)));
                assertThat(read(
                                field,
                                FieldVector.class,
                                v -> ArrowValues.set(v, 0, three),
                                new ValueType.ListOf(Scalar.INT64)))
                        .isEqualTo(three);
                assertThat(read(
                                field,
                                FieldVector.class,
                                v -> ArrowValues.set(v, 0, three),
                                new ValueType.ListOf(Scalar.STRING)))
                        .isEqualTo(new Value.Many(List.of(new Value.Text("1"), Value.Null.NULL, new Value.Text("3"))));
            }
        }

        @Test
        void asSetsHaveNoDuplicates() {
            Value twice = new Value.Many(List.of(new Value.Int(1), new Value.Int(2), new Value.Int(1)));
            assertThat(read(
                            ArrowTypes.arrow("column", new ValueType.ListOf(Scalar.INT64)),
                            FieldVector.class,
                            v -> ArrowValues.set(v, 0, twice),
                            new ValueType.SetOf(Scalar.INT64)))
                    .isEqualTo(new Value.Many(List.of(new Value.Int(1), new Value.Int(2))));
        }
    }

    @Nested
    class Maps {
        private final Value map = new Value.Keyed(Map.of(
                "whole", new Value.Int(1),
                "text", new Value.Text("1"),
                "absent", Value.Null.NULL,
                "bytes", new Value.Bytes(ByteBuffer.wrap(new byte[] {1, -1})),
                "time", new Value.Time(Instant.ofEpochSecond(-1)),
                "nan", new Value.Real(Double.NaN),
                "$bytes", new Value.Many(List.of(new Value.Bool(true), new Value.Keyed(Map.of()))),
                "map", new Value.Keyed(Map.of("$real", new Value.Text("NaN")))));

        private Value rewritten(ValueType type, Value value) {
            return read(
                    ArrowTypes.keepingKinds("column", type),
                    FieldVector.class,
                    v -> ArrowValues.set(v, 0, value),
                    type);
        }

        @Test
        void keepTheKindsOfTheirValuesWhereverTheyStand() {
            ValueType maps = ValueType.StringMap.STRING_MAP;
            assertThat(rewritten(maps, map)).isEqualTo(map);
            assertThat(rewritten(maps, new Value.Keyed(Map.of()))).isEqualTo(new Value.Keyed(Map.of()));
            assertThat(rewritten(maps, Value.Null.NULL)).isEqualTo(Value.Null.NULL);

            Value list = new Value.Many(List.of(map, Value.Null.NULL));
            assertThat(rewritten(new ValueType.ListOf(maps), list)).isEqualTo(list);
            assertThat(rewritten(new ValueType.SetOf(new ValueType.ListOf(maps)), new Value.Many(List.of(list))))
                    .isEqualTo(new Value.Many(List.of(list)));
            Value struct = new Value.Keyed(Map.of("part", map));
            assertThat(rewritten(new ValueType.StructOf(List.of(Field.of("part", maps))), struct))
                    .isEqualTo(struct);
        }

        @Test
        void areOfTextElsewhere() {
            Value written = new Value.Keyed(Map.of("whole", new Value.Int(1), "text", new Value.Text("1")));
            assertThat(read(
                            ArrowTypes.arrow("column", ValueType.StringMap.STRING_MAP),
                            FieldVector.class,
                            v -> ArrowValues.set(v, 0, written),
                            ValueType.StringMap.STRING_MAP))
                    .isEqualTo(new Value.Keyed(Map.of("whole", new Value.Text("1"), "text", new Value.Text("1"))));
        }
    }

    @Test
    void dictionariesAreLookedUp() {
        try (VarCharVector words = new VarCharVector("words", allocator);
                VarCharVector column = new VarCharVector("column", allocator)) {
            for (int i = 0; i < 2; i++) {
                words.setSafe(i, new byte[] {(byte) ('a' + i)});
            }
            words.setValueCount(2);
            column.setSafe(0, new byte[] {'b'});
            column.setNull(1);
            column.setValueCount(2);
            Dictionary dictionary =
                    new Dictionary(words, new DictionaryEncoding(7, false, new ArrowType.Int(32, true)));
            DictionaryProvider provider = new DictionaryProvider.MapDictionaryProvider(dictionary);
            try (FieldVector encoded = (FieldVector) DictionaryEncoder.encode(column, dictionary)) {
                assertThat(ArrowTypes.valueType(encoded.getField(), provider)).isEqualTo(Scalar.STRING);
                ColumnReader reader = ArrowValues.reader(encoded, Scalar.STRING, provider);
                assertThat(reader.read(0)).isEqualTo(new Value.Text("b"));
                assertThat(reader.read(1)).isEqualTo(Value.Null.NULL);
                assertThatThrownBy(() -> ArrowValues.reader(encoded, Scalar.STRING))
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("dictionary 7");
            }
        }
    }
}
