package dev.manciple.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TimeReaderTest {
    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void close() {
        allocator.close();
    }

    private <V extends FieldVector> long read(ArrowType type, Class<V> kind, Consumer<V> fill) {
        try (FieldVector vector = Field.nullable("at", type).createVector(allocator)) {
            vector.allocateNew();
            fill.accept(kind.cast(vector));
            vector.setValueCount(1);
            return ArrowValues.times(vector, new DictionaryProvider.MapDictionaryProvider())
                    .read(0);
        }
    }

    private long stamp(TimeUnit unit, long value) {
        return read(new ArrowType.Timestamp(unit, "Asia/Tokyo"), TimeStampVector.class, v -> v.setSafe(0, value));
    }

    @ParameterizedTest
    @CsvSource({
        "SECOND, -3, -3000000",
        "MILLISECOND, -3, -3000",
        "MICROSECOND, -3, -3",
        "NANOSECOND, -3, -1",
        "NANOSECOND, 1999, 1"
    })
    void readsEveryUnitAsMicroseconds(TimeUnit unit, long value, long micros) {
        assertThat(stamp(unit, value)).isEqualTo(micros);
    }

    @ParameterizedTest
    @EnumSource(TimeUnit.class)
    void readsANullAsNoTime(TimeUnit unit) {
        assertThat(read(new ArrowType.Timestamp(unit, null), TimeStampVector.class, v -> v.setNull(0)))
                .isEqualTo(TimeReader.NONE);
    }

    @ParameterizedTest
    @EnumSource(
            value = TimeUnit.class,
            names = {"SECOND", "MILLISECOND"})
    void readsTimesTooFarAwayAsTheFurthest(TimeUnit unit) {
        assertThat(stamp(unit, Long.MAX_VALUE)).isEqualTo(TimeReader.micros(Instant.MAX.minusNanos(999_999_999)));
        assertThat(stamp(unit, Long.MIN_VALUE))
                .isEqualTo(TimeReader.micros(Instant.MIN))
                .isNotEqualTo(TimeReader.NONE);
    }

    @Test
    void readsWhatElseCanBeATime() {
        assertThat(read(new ArrowType.Date(DateUnit.DAY), DateDayVector.class, v -> v.setSafe(0, -1)))
                .isEqualTo(-86_400_000_000L);
        assertThat(read(ArrowType.Utf8.INSTANCE, VarCharVector.class, v -> v.setSafe(0, bytes("1970-01-01 00:00:01"))))
                .isEqualTo(1_000_000);
        assertThat(read(ArrowType.Utf8.INSTANCE, VarCharVector.class, v -> v.setNull(0)))
                .isEqualTo(TimeReader.NONE);
    }

    @Test
    void refusesWhatIsNoTime() {
        assertThatThrownBy(() -> read(ArrowType.Utf8.INSTANCE, VarCharVector.class, v -> v.setSafe(0, bytes("noon"))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'at'")
                .hasMessageContaining("'noon'");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
