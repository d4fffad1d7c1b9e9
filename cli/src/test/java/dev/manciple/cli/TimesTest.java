package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    @ParameterizedTest
    @CsvSource({
        "2025-01-01, 2025-01-01T00:00:00Z",
        "2025-01-01 12:30, 2025-01-01T12:30:00Z",
        "2025-01-01 12:30:05, 2025-01-01T12:30:05Z",
        "2025-01-01T12:30:05, 2025-01-01T12:30:05Z",
        "2025-01-01T12:30:05.123456, 2025-01-01T12:30:05.123456Z",
        "2025-01-01T12:30:05Z, 2025-01-01T12:30:05Z",
        "2025-01-01t12:30:05z, 2025-01-01T12:30:05Z",
        "2025-01-01T12:30:05+02:00, 2025-01-01T10:30:05Z",
        "2025-01-01 12:30:05 +02:00, 2025-01-01T10:30:05Z",
        "2024-02-29, 2024-02-29T00:00:00Z",
    })
    void readsTimesAsPeopleWriteThem(String text, Instant expected) {
        assertThat(Times.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "yesterday", "2025-13-01", "2025-02-29", "2025-01-01T25:00", "01.02.2025", "1735689600"})
    void refusesWhatIsNoTimeAndShowsHowToWriteOne(String text) {
        assertThatThrownBy(() -> Times.parse(text))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'" + text + "' is not a time")
                .hasMessageContaining("2025-01-01 12:30:00");
    }
}
