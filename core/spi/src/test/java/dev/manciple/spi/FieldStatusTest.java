package dev.manciple.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FieldStatusTest {
    private static final Instant NOW = Instant.parse("2024-05-06T07:08:09.123456789Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);

    @Test
    void valuesAsOldAsTheyMayBeAreGood() {
        assertThat(status(NOW.minus(HOUR), HOUR)).isEqualTo(FieldStatus.PRESENT);
        assertThat(status(NOW.minus(HOUR).minusNanos(1), HOUR)).isEqualTo(FieldStatus.OUTSIDE_MAX_AGE);
    }

    @Test
    void timesAtTheEndsOfTimeAreJudgedToo() {
        assertThat(status(Instant.MAX, HOUR)).isEqualTo(FieldStatus.PRESENT);
        assertThat(status(Instant.MIN, HOUR)).isEqualTo(FieldStatus.OUTSIDE_MAX_AGE);
        assertThat(status(Instant.MAX, LONGEST)).isEqualTo(FieldStatus.PRESENT);
    }

    @Test
    void nothingExpiresWithoutATtlOrInTheLongest() {
        assertThat(status(Instant.MIN, Duration.ZERO)).isEqualTo(FieldStatus.PRESENT);
        assertThat(status(Instant.MIN, LONGEST)).isEqualTo(FieldStatus.PRESENT);
    }

    private static FieldStatus status(Instant eventTime, Duration ttl) {
        Lookup row = new Lookup.Found(List.of(new Value.Int(7)), eventTime);
        return FieldStatus.of(row, 0, FieldStatus.freshFrom(ttl, NOW));
    }
}
