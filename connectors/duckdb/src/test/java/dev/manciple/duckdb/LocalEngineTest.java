package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalEngineTest {
    private static final Schema COLUMNS =
            new Schema(List.of(ArrowTypes.arrow("n", Scalar.INT64), ArrowTypes.arrow("name", Scalar.STRING)));

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
    @ValueSource(strings = {"rows.parquet", "rows.csv", "rows.csv.gz", "rows.arrow", "r'o\"w [s]*?.parquet"})
    void writtenRowsAreReadInOrder(String name) throws IOException {
        Path file = folder.resolve(name);
        List<List<Value>> rows = rows(5_000);

        long written = write(rows, file, false);

        assertThat(written).isEqualTo(5_000);
        assertThat(read(file)).isEqualTo(rows);
        assertThat(engine.describeFile(file.toString(), "", Map.of()).getFields())
                .extracting(field -> field.getName())
                .containsExactly("n", "name");
        assertThat(filesIn(folder)).containsExactly(name);
    }

    @Test
    void anExistingFileIsOnlyReplacedWhenAllowed() throws IOException {
        Path file = folder.resolve("rows.parquet");
        write(rows(1), file, false);

        assertThatThrownBy(() -> write(rows(2), file, false))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("rows.parquet");
        assertThat(read(file)).hasSize(1);

        write(rows(3), file, true);
        assertThat(read(file)).hasSize(3);
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("rows.parquet");
        write(rows(1), file, false);

        try (ArrowReader rows = new FailingReader(allocator, COLUMNS)) {
            assertThatThrownBy(() -> engine.writeFile(rows, file, "", true))
                    .hasMessageContaining("the network is gone");
        }
        assertThat(read(file)).hasSize(1);
        assertThat(filesIn(folder)).containsExactly("rows.parquet");
    }

    @Test
    void columnsThatDifferByCaseAreNotWrittenOverEachOther() throws IOException {
        Schema schema = new Schema(List.of(ArrowTypes.arrow("a", Scalar.INT64), ArrowTypes.arrow("A", Scalar.INT64)));
        try (ArrowReader rows = ArrowRows.reader(allocator, schema, List.of(), 1)) {
            assertThatThrownBy(() -> engine.writeFile(rows, folder.resolve("x.parquet"), "", false))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContainingAll("'a'", "'A'");
        }
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> read(folder.resolve("none.parquet")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("none.parquet");
        assertThatThrownBy(() -> read(folder.resolve("none.arrow")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("none.arrow");
        assertThatThrownBy(() -> read(folder))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(".parquet");
        assertThatThrownBy(() -> read(folder.resolve("*.parquet")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("*.parquet");
        assertThatThrownBy(() -> engine.describeFile("s3://bucket/x.parquet", "", Map.of()))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("s3://bucket/x.parquet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut.parquet", "cut.arrow"})
    void aTruncatedFileIsNamed(String name) throws IOException {
        Path file = folder.resolve(name);
        write(rows(1_000), file, false);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));

        assertThatThrownBy(() -> read(file)).isInstanceOf(StoreException.class).hasMessageContaining(name);
    }

    @Test
    void csvColumnsAreReadAsTheTypesGiven() throws IOException {
        Path file = Files.writeString(folder.resolve("zip.csv"), "zip,n,empty\n00501,1,\n10001,2,\"\"\n");

        try (ArrowReader reader = engine.readFile(
                file.toString(),
                "",
                Map.of("zip", Scalar.STRING, "empty", Scalar.STRING, "not there", Scalar.INT64),
                allocator)) {
            assertThat(ArrowRows.read(reader))
                    .containsExactly(
                            List.of(new Value.Text("00501"), new Value.Int(1), Value.Null.NULL),
                            List.of(new Value.Text("10001"), new Value.Int(2), new Value.Text("")));
        }
    }

    @Test
    void compressedFilesAndNamesInCapitalsOfAFolderAreRead() throws IOException {
        write(rows(1), folder.resolve("csv/b.csv"), false);
        write(rows(2), folder.resolve("csv/a.csv.gz"), false);
        write(rows(3), folder.resolve("csv/deep [er]/c.csv.zst"), false);
        Files.move(folder.resolve("csv/b.csv"), folder.resolve("csv/B.CSV"));
        write(rows(1), folder.resolve("parquet/a.parquet"), false);
        write(rows(2), folder.resolve("parquet/b.parquet"), false);
        Files.move(folder.resolve("parquet/b.parquet"), folder.resolve("parquet/B.PARQUET"));

        assertThat(read(folder.resolve("csv"))).hasSize(6);
        assertThat(read(folder.resolve("parquet"))).hasSize(3);
    }

    @Test
    void aFolderOfBothFormatsIsReadOnlyOnceOneIsDeclared() throws IOException {
        write(rows(1), folder.resolve("a.parquet"), false);
        write(rows(2), folder.resolve("b.csv.gz"), false);

        assertThatThrownBy(() -> read(folder))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll(folder.toString(), "file_format");
        assertThat(read(folder, "parquet")).hasSize(1);
        assertThat(read(folder, "csv")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "parquet"})
    void partitionsOfAGlobAreColumnsOfTheTypesGiven(String format) throws IOException {
        write(rows(1), folder.resolve("rows/zip=00501/a." + format), false);
        write(rows(1), folder.resolve("rows/zip=10001/a." + format), false);

        try (ArrowReader reader = engine.readFile(
                folder.resolve("rows/*/*." + format).toString(),
                "",
                Map.of("n", Scalar.INT64, "zip", Scalar.STRING),
                allocator)) {
            assertThat(ArrowRows.read(reader))
                    .extracting(row -> row.getLast())
                    .containsExactlyInAnyOrder(new Value.Text("00501"), new Value.Text("10001"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "csv"})
    void partitionsAreColumnsOfTheTypesGiven(String format) throws IOException {
        for (String zip : List.of("00501", "10001")) {
            write(rows(1), folder.resolve("lake/zip=" + zip + "/part-0." + format), false);
        }

        try (ArrowReader reader = engine.readFile(
                folder.resolve("lake").toString(),
                format,
                Map.of("zip", Scalar.STRING, "n", Scalar.INT64),
                allocator)) {
            assertThat(ArrowRows.read(reader))
                    .extracting(List::getLast)
                    .containsExactlyInAnyOrder(new Value.Text("00501"), new Value.Text("10001"));
        }
        assertThat(read(folder.resolve("lake/*/part-*." + format))).hasSize(2);
        assertThat(read(folder.resolve("lake/zip=00501/part-0." + format))).isEqualTo(rows(1));
    }

    @Test
    void queriesSeeTheirInputs() throws IOException {
        try (ArrowReader left = reader(rows(10));
                ArrowReader right = reader(rows(5));
                ArrowReader joined = engine.query(
                        "SELECT sum(l.n)::BIGINT AS total FROM \"the left\" AS l JOIN r ON l.n = r.n; ",
                        Map.of("the left", left, "r", right),
                        allocator)) {
            assertThat(ArrowRows.read(joined)).containsExactly(List.of(new Value.Int(10)));
        }
    }

    @Test
    void aQueryThatFailsLateSaysWhy() throws IOException {
        assertThatThrownBy(() -> {
                    try (ArrowReader rows = engine.query(
                            "SELECT CASE WHEN i = 150000 THEN error('the reason') ELSE i END FROM range(200000) AS t(i)",
                            Map.of(),
                            allocator)) {
                        ArrowRows.read(rows);
                    }
                })
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the reason");
    }

    @Test
    void aQueryThatFailsAtOnceSaysWhy() {
        assertThatThrownBy(() -> engine.query("SELECT 'x'::INTEGER", Map.of(), allocator))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("'x'");
    }

    @Test
    void projectionKeepsRowsAndAddsColumns() throws IOException {
        Map<String, String> expressions = new LinkedHashMap<>();
        expressions.put("twice", "n * 2");
        expressions.put("greeting", "'hello ' || name -- with a comment");
        List<List<Value>> rows = rows(10_000);
        try (ArrowReader in = reader(rows);
                ArrowReader out = engine.project(in, expressions, allocator)) {
            assertThat(out.getVectorSchemaRoot().getSchema().getFields())
                    .extracting(field -> field.getName())
                    .containsExactly("n", "name", "twice", "greeting");
            List<List<Value>> result = ArrowRows.read(out);
            assertThat(result).hasSize(10_000);
            assertThat(result.stream().map(row -> row.subList(0, 2)).toList()).isEqualTo(rows);
            assertThat(result.get(7_777).subList(2, 4))
                    .containsExactly(new Value.Int(15_554), new Value.Text("hello row 7777"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1, 2",
                "1) FROM range(3) --",
                "1); DROP TABLE __input; SELECT (1",
                "(SELECT max(n) FROM __input)",
                "sum(n)",
                "row_number() OVER ()",
                "unnest([1, 2])",
                "*",
                "COLUMNS('n')",
                "n +",
                "no_such_column",
                "no_such_function(n)",
                "name + 1"
            })
    void whatIsNotAScalarExpressionOverTheRowsIsRefused(String expression) throws IOException {
        try (ArrowReader in = reader(rows(3))) {
            assertThatThrownBy(() -> engine.project(in, Map.of("out", expression), allocator)
                            .close())
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'out'");
        }
    }

    private long write(List<List<Value>> rows, Path file, boolean overwrite) throws IOException {
        try (ArrowReader reader = reader(rows)) {
            return engine.writeFile(reader, file, "", overwrite);
        }
    }

    private List<List<Value>> read(Path file) throws IOException {
        return read(file, "");
    }

    private List<List<Value>> read(Path file, String format) throws IOException {
        try (ArrowReader reader = engine.readFile(file.toString(), format, Map.of(), allocator)) {
            return ArrowRows.read(reader);
        }
    }

    private ArrowReader reader(List<List<Value>> rows) {
        return ArrowRows.reader(allocator, COLUMNS, rows, 700);
    }

    private static List<List<Value>> rows(int count) {
        return LongStream.range(0, count)
                .mapToObj(n -> List.<Value>of(new Value.Int(n), new Value.Text("row " + n)))
                .toList();
    }

    private static List<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .toList();
        }
    }
}
