package dev.manciple.bigtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts are what Python writes as ISO 8601. */
class EventTimeTest {
    @ParameterizedTest
    @CsvSource({
        "2024-01-01T00:00:00.123456Z, 2024-01-01T00:00:00.123456+00:00",
        "2024-01-01T00:00:00.120Z, 2024-01-01T00:00:00.120000+00:00",
        "2024-01-01T00:00:00Z, 2024-01-01T00:00:00+00:00",
        "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59.999999+00:00",
        "0001-01-01T00:00:00Z, 0001-01-01T00:00:00+00:00"
    })
    void isTextAsPythonWritesIt(Instant time, String text) {
        assertThat(EventTime.text(time)).isEqualTo(text);
        assertThat(EventTime.text(EventTime.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "2024-01-01T02:00:00.5+02:00, 2024-01-01T00:00:00.500Z",
        "2024-01-01 00:00:00, 2024-01-01T00:00:00Z",
        "2023-12-31 19:00:00.000001-05:00, 2024-01-01T00:00:00.000001Z",
        "2024-01-01T00:00:00Z, 2024-01-01T00:00:00Z"
    })
    void isReadInAnyOffset(String text, Instant time) {
        assertThat(EventTime.parse(text)).isEqualTo(time);
    }

    @Test
    void sortsAsTextAsItDoesAsTime() {
        assertThat(EventTime.text(Instant.parse("2024-01-01T00:00:00Z")))
                .isLessThan(EventTime.text(Instant.parse("2024-01-01T00:00:00.000001Z")));
        assertThat(EventTime.text(Instant.parse("2024-01-01T00:00:00.999999Z")))
                .isLessThan(EventTime.text(Instant.parse("2024-01-01T00:00:01Z")));
    }

    @Test
    void refusesWhatIsNoTime() {
        assertThatThrownBy(() -> EventTime.parse("yesterday")).isInstanceOf(DateTimeException.class);
        assertThatThrownBy(() -> EventTime.text(Instant.parse("+12024-01-01T00:00:00Z")))
                .isInstanceOf(InvalidRequestException.class);
    }
}
