package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders named {@code key=value}: columns below a source, nothing above it. */
class PartitionsTest {
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
    @CsvSource({
        "a.csv,             a.csv",
        "*.csv,             a.csv",
        "?.parquet,         a.parquet",
        ".,                 a.parquet",
        "rows,              rows/a.csv",
        "rows/*,            rows/a.parquet",
        "rows/**/*.parquet, rows/deeper/a.parquet",
    })
    void aFolderAboveTheSourceIsNoColumn(String uri, String file) throws IOException {
        Path repository = folder.resolve("v=9/w=8");
        write(repository.resolve(file), "v", 10);
        assertThat(read(repository.resolve(uri), file)).containsExactly(Map.of("v", new Value.Int(10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows", "rows/*/*.parquet", "rows/day=*/*.parquet"})
    void foldersBelowTheSourceAreColumnsAndThoseAboveAreNot(String uri) throws IOException {
        write(folder.resolve("w=8/rows/day=1/a.parquet"), "v", 10);
        write(folder.resolve("w=8/rows/day=2/a.parquet"), "v", 20);
        assertThat(read(folder.resolve("w=8").resolve(uri), ".parquet"))
                .containsExactlyInAnyOrder(
                        Map.of("v", new Value.Int(10), "day", new Value.Int(1)),
                        Map.of("v", new Value.Int(20), "day", new Value.Int(2)));
    }

    @ParameterizedTest
    @CsvSource({
        "rows/V=9/a.parquet,       have a column 'V'",
        "rows/V=9/a.csv,           have a column 'V'",
        "v=9/rows/day=1/a.parquet, lies in a folder named v=...",
        "v=9/rows/day=1/a.csv,     lies in a folder named v=...",
        "day=9/rows/day=1/a.csv,   lies in a folder named day=...",
    })
    void aFolderThatWouldTakeAColumnsPlaceIsRefused(String file, String problem) throws IOException {
        write(folder.resolve(file), "v", 10);
        String below = file.substring(0, file.indexOf("rows") + "rows".length());
        for (String uri : List.of(below, below + "/*/*")) {
            assertThatThrownBy(() -> read(folder.resolve(uri), file))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContainingAll(folder.resolve(below).toString(), problem);
        }
    }

    private void write(Path file, String column, long value) throws IOException {
        Schema schema = new Schema(List.of(ArrowTypes.arrow(column, Scalar.INT64)));
        try (ArrowReader rows = ArrowRows.reader(allocator, schema, List.of(List.of(new Value.Int(value))), 1)) {
            engine.writeFile(rows, file, "", false);
        }
    }

    private List<Map<String, Value>> read(Path uri, String file) throws IOException {
        String format = file.endsWith(".csv") ? "csv" : "parquet";
        try (ArrowReader rows = engine.readFile(uri.toString(), format, Map.of(), allocator)) {
            List<String> names = rows.getVectorSchemaRoot().getSchema().getFields().stream()
                    .map(Field::getName)
                    .toList();
            return ArrowRows.read(rows).stream()
                    .map(row -> {
                        Map<String, Value> named = new HashMap<>();
                        for (int i = 0; i < names.size(); i++) {
                            named.put(names.get(i), row.get(i));
                        }
                        return Map.copyOf(named);
                    })
                    .toList();
        }
    }
}
