package dev.manciple.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.ListOf;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.model.ValueType.StructOf;
import dev.manciple.spi.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValueJsonTest {
    private static final Instant TIME = Instant.parse("2026-01-31T12:00:00Z");
    private static final Value.Bytes BYTES = new Value.Bytes(ByteBuffer.wrap(new byte[] {1, 2, 3}));

    @Test
    void valuesAreNative() {
        assertThat(ValueJson.toJson(new Value.Int(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(ValueJson.toJson(new Value.Real(0.5))).isEqualTo(0.5);
        assertThat(ValueJson.toJson(new Value.Bool(true))).isEqualTo(true);
        assertThat(ValueJson.toJson(new Value.Text("{}"))).isEqualTo("{}");
        assertThat(ValueJson.toJson(BYTES)).isEqualTo("AQID");
        assertThat(ValueJson.toJson(new Value.Time(Instant.parse("1969-12-31T23:59:59.5Z"))))
                .isEqualTo(-1L);
        assertThat(ValueJson.toJson(new Value.ZonedTime(TIME, ZoneId.of("Europe/Berlin"))))
                .isEqualTo("2026-01-31T13:00:00+01:00");
        // Offsets had seconds once; without them it would be another time.
        assertThat(ValueJson.toJson(
                        new Value.ZonedTime(Instant.parse("1883-02-19T19:53:47Z"), ZoneId.of("Asia/Tokyo"))))
                .isEqualTo("1883-02-20T05:12:46+09:18:59");
        assertThat(ValueJson.toJson(new Value.ZonedTime(TIME, ZoneOffset.UTC))).isEqualTo("2026-01-31T12:00:00+00:00");
    }

    @Test
    void whatJsonCannotSayIsNull() {
        for (Value value : List.of(
                Value.Null.NULL,
                Value.Missing.MISSING,
                new Value.Corrupt("broken"),
                new Value.Real(Double.NaN),
                new Value.Real(Double.NEGATIVE_INFINITY),
                new Value.Entries(Map.of(new Value.Int(1), new Value.Int(2))))) {
            assertThat(ValueJson.toJson(value)).isNull();
        }
    }

    @Test
    void collectionsAreListsAndObjects() {
        Value nested = new Value.Many(List.of(
                new Value.Keyed(Map.of("a", new Value.Many(List.of(BYTES, Value.Null.NULL)))), Value.Null.NULL));

        assertThat(ValueJson.toJson(nested)).isEqualTo(Arrays.asList(Map.of("a", Arrays.asList("AQID", null)), null));
    }

    @Test
    void requestsSayWhatTheyAre() {
        assertThat(ValueJson.fromJson(null)).isEqualTo(Value.Null.NULL);
        assertThat(ValueJson.fromJson(7)).isEqualTo(new Value.Int(7));
        assertThat(ValueJson.fromJson(7L)).isEqualTo(new Value.Int(7));
        assertThat(ValueJson.fromJson(BigInteger.TEN)).isEqualTo(new Value.Int(10));
        assertThat(ValueJson.fromJson(1.5)).isEqualTo(new Value.Real(1.5));
        assertThat(ValueJson.fromJson(new BigDecimal("1.5"))).isEqualTo(new Value.Real(1.5));
        assertThat(ValueJson.fromJson("x")).isEqualTo(new Value.Text("x"));
        assertThat(ValueJson.fromJson(false)).isEqualTo(new Value.Bool(false));
        assertThat(ValueJson.fromJson(Arrays.asList(1, 2.5, null)))
                .isEqualTo(new Value.Many(List.of(new Value.Real(1), new Value.Real(2.5), Value.Null.NULL)));
        assertThat(ValueJson.fromJson(Map.of("a", List.of(1))))
                .isEqualTo(new Value.Keyed(Map.of("a", new Value.Many(List.of(new Value.Int(1))))));
    }

    @Test
    void requestsOfAKnownTypeAreReadAsIt() {
        assertThat(ValueJson.fromJson(1, Scalar.DOUBLE)).isEqualTo(new Value.Real(1));
        assertThat(ValueJson.fromJson(TIME.getEpochSecond(), Scalar.UNIX_TIMESTAMP))
                .isEqualTo(new Value.Time(TIME));
        assertThat(ValueJson.fromJson("2026-01-31T13:00:00+01:00", Scalar.UNIX_TIMESTAMP))
                .isEqualTo(new Value.Time(TIME));
        assertThat(ValueJson.fromJson("2026-01-31T13:00:00+01:00[Europe/Berlin]", Scalar.ZONED_TIMESTAMP))
                .isEqualTo(new Value.ZonedTime(TIME, ZoneId.of("Europe/Berlin")));
        assertThat(ValueJson.fromJson(List.of("AQID"), new ListOf(Scalar.BYTES)))
                .isEqualTo(new Value.Many(List.of(BYTES)));
        assertThat(ValueJson.fromJson(
                        Map.of("at", "2026-01-31T12:00:00Z"),
                        new StructOf(List.of(Field.of("at", Scalar.UNIX_TIMESTAMP)))))
                .isEqualTo(new Value.Keyed(Map.of("at", new Value.Time(TIME))));
    }

    @Test
    void requestsOfAnotherTypeAreRefused() {
        assertThatThrownBy(() -> ValueJson.fromJson("x", Scalar.INT64)).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> ValueJson.fromJson("soon", Scalar.UNIX_TIMESTAMP))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'soon'");
        assertThatThrownBy(() -> ValueJson.fromJson("*", Scalar.BYTES)).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> ValueJson.fromJson(BigInteger.ONE.shiftLeft(64)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("18446744073709551616");
        assertThatThrownBy(() -> ValueJson.fromJson(TIME)).isInstanceOf(InvalidRequestException.class);
    }
}
