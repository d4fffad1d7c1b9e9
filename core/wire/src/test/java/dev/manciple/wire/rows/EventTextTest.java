package dev.manciple.wire.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The texts are what Python makes of times. */
class EventTextTest {
    @ParameterizedTest
    @CsvSource({
        "2024-01-01T00:00:00.123456Z, 2024-01-01 00:00:00.123456+00:00",
        "2024-01-01T00:00:00.120Z, 2024-01-01 00:00:00.120000+00:00",
        "2024-01-01T00:00:00Z, 2024-01-01 00:00:00+00:00",
        "1969-12-31T23:59:59.999999999Z, 1969-12-31 23:59:59.999999+00:00",
        "0001-01-01T00:00:00Z, 0001-01-01 00:00:00+00:00"
    })
    void isWhatPythonMakesOfATime(Instant time, String printed) {
        assertThat(EventText.PRINTED.of(time)).isEqualTo(printed);
        assertThat(EventText.ISO.of(time)).isEqualTo(printed.replace(' ', 'T'));
        for (EventText form : EventText.values()) {
            assertThat(form.of(EventText.parse(form.of(time)))).isEqualTo(form.of(time));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2024-01-01T02:00:00.5+02:00, 2024-01-01T00:00:00.500Z",
        "2024-01-01 00:00:00, 2024-01-01T00:00:00Z",
        "2023-12-31 19:00:00.000001-05:00, 2024-01-01T00:00:00.000001Z",
        "2024-01-01T00:00:00Z, 2024-01-01T00:00:00Z"
    })
    void isReadInAnyOffset(String text, Instant time) {
        assertThat(EventText.parse(text)).isEqualTo(time);
    }

    @ParameterizedTest
    @EnumSource
    void sortsAsTextAsItDoesAsTime(EventText form) {
        assertThat(form.of(Instant.parse("2024-01-01T00:00:00Z")))
                .isLessThan(form.of(Instant.parse("2024-01-01T00:00:00.000001Z")));
        assertThat(form.of(Instant.parse("2024-01-01T00:00:00.999999Z")))
                .isLessThan(form.of(Instant.parse("2024-01-01T00:00:01Z")));
    }

    @Test
    void refusesWhatIsNoTime() {
        assertThatThrownBy(() -> EventText.parse("yesterday")).isInstanceOf(DateTimeException.class);
        assertThatThrownBy(() -> EventText.ISO.of(Instant.parse("+12024-01-01T00:00:00Z")))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void whatCannotBeReadIsNeitherNewerNorExpired() {
        assertThat(EventText.isNewer("yesterday", "2024-01-01 00:00:00+00:00")).isFalse();
        assertThat(EventText.isBefore("yesterday", Instant.MAX)).isFalse();
        assertThat(EventText.isNewer("2024-01-01 02:00:01+02:00", "2024-01-01 00:00:00+00:00"))
                .isTrue();
        assertThat(EventText.isBefore("2024-01-01 01:59:59+02:00", Instant.parse("2024-01-01T00:00:00Z")))
                .isTrue();
    }
}
