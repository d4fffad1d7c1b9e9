package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the values of a CSV file are: told by each alone, never by what else the file holds. */
class CsvTypesTest {
    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private final LocalEngine engine = new LocalEngine(allocator);

    @AfterEach
    void nothingLeaks() {
        engine.close();
        allocator.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01/02/2025",
                "01/02/2025;12/25/2025",
                "01/02/2025;25/03/2025",
                "01-02-2025",
                "2025/01/02",
                "20250102T030405Z;x",
                "2025-01-02 03:04:05 PM",
                "2025-02-30",
                "12:30:00",
                "2025-01-01;soon",
                "1;true",
                "2025-01-01;20250101",
            })
    void whatIsNotWrittenAsIso8601IsText(String values) throws IOException {
        assertThat(read(values, Map.of()))
                .isEqualTo(Arrays.stream(values.split(";")).map(Value.Text::new).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "2025-01-02;2025-01-03,                      2025-01-02T00:00:00Z, 2025-01-03T00:00:00Z",
        "2025-01-01;2025-01-02 00:00:00,             2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z",
        "2025-01-02T03:04;2025-01-02 03:04:05.5,     2025-01-02T03:04:00Z, 2025-01-02T03:04:05.500Z",
        "2025-01-02T03:04:05Z;2025-01-02,            2025-01-02T03:04:05Z, 2025-01-02T00:00:00Z",
        "2025-01-02T03:04+02;2025-01-02 03:04-00:30, 2025-01-02T01:04:00Z, 2025-01-02T03:34:00Z",
        "2025-01-02 03:04:05.123456789+0100;2025-01-02 03:04:05.000001,"
                + " 2025-01-02T02:04:05.123456Z, 2025-01-02T03:04:05.000001Z",
    })
    void timesOfIso8601MayBeMixed(String values, Instant first, Instant second) throws IOException {
        List<Value> times = List.of(new Value.Time(first), new Value.Time(second));
        assertThat(read(values, Map.of())).isEqualTo(times);
        assertThat(read(values, Map.of("v", Scalar.UNIX_TIMESTAMP))).isEqualTo(times);
    }

    @Test
    void numbersAndFlagsAreFoundOut() throws IOException {
        assertThat(read("1;-20;+3", Map.of())).containsExactly(new Value.Int(1), new Value.Int(-20), new Value.Int(3));
        assertThat(read("1;2.5;-1e3", Map.of()))
                .containsExactly(new Value.Real(1), new Value.Real(2.5), new Value.Real(-1000));
        assertThat(read("9223372036854775808;1", Map.of())).containsExactly(new Value.Real(0x1p63), new Value.Real(1));
        assertThat(read("true;F", Map.of())).containsExactly(new Value.Bool(true), new Value.Bool(false));
    }

    /** Far behind what a reader that guesses from the first rows would look at. */
    @Test
    void theLastRowCountsAsTheFirst() throws IOException {
        List<Value> values = read("7;".repeat(50_000) + "2.5", Map.of());
        assertThat(values).hasSize(50_001).endsWith(new Value.Real(2.5)).startsWith(new Value.Real(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"01/02/2025", "25/03/2025", "soon"})
    void aDeclaredTimeThatIsNoneIsNamedWithItsLine(String text) {
        assertThatThrownBy(() -> read("2025-01-01;2025-01-01T00:00:00Z;" + text, Map.of("v", Scalar.UNIX_TIMESTAMP)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessage(
                        "'%s', line 4, column 'v': '%s' is not a time such as 2025-01-31T08:00:00Z",
                        folder.resolve("rows.csv"), text);
    }

    private List<Value> read(String values, Map<String, ValueType> types) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.csv"), "v,w\n" + values.replace(";", ",x\n") + ",x\n");
        try (ArrowReader rows = engine.readFile(file.toString(), "", types, allocator)) {
            return ArrowRows.read(rows).stream().map(List::getFirst).toList();
        }
    }
}
