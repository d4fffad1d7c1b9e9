package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.Value;
import dev.manciple.tck.KitContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendTest {
    private static final Schema COLUMNS =
            new Schema(List.of(ArrowTypes.arrow("zip", Scalar.STRING), ArrowTypes.arrow("n", Scalar.INT64)));

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private final LocalEngine files = new LocalEngine(allocator);
    private OfflineStore store;

    @BeforeEach
    void open() {
        store = new DuckDbOfflineStore(DuckDbConfig.defaults(), KitContext.withArrow("test", folder, allocator));
    }

    @AfterEach
    void nothingLeaks() {
        store.close();
        files.close();
        allocator.close();
    }

    @Test
    void rowsOfManyWritersAreAllKept() throws Exception {
        write(folder.resolve("rows.parquet"), 0, 1);
        OfflineStore another =
                new DuckDbOfflineStore(DuckDbConfig.defaults(), KitContext.withArrow("test", folder, allocator));

        try (another;
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> writes = new ArrayList<>();
            for (int i = 1; i <= 12; i++) {
                int from = i;
                OfflineStore writer = i % 2 == 0 ? store : another;
                writes.add(threads.submit(() -> append(writer, view("rows.parquet"), COLUMNS, from, 1)));
            }
            for (Future<?> write : writes) {
                write.get();
            }
        }

        assertThat(numbers("rows.parquet"))
                .startsWith(0L)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(0, 12).boxed().toList());
        assertThat(filesIn(folder)).containsExactlyInAnyOrder("rows.parquet", ".rows.parquet.lock");
    }

    @Test
    void rowsOfManyProcessesAreAllKept() throws Exception {
        write(folder.resolve("rows.parquet"), 0, 1);
        List<Process> writers = new ArrayList<>();
        for (int from : new int[] {1, 1001, 2001}) {
            writers.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--add-opens=java.base/java.nio=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Appends.class.getName(),
                            folder.toString(),
                            Integer.toString(from))
                    .inheritIO()
                    .start());
        }
        for (Process writer : writers) {
            assertThat(writer.waitFor()).isZero();
        }

        assertThat(numbers("rows.parquet"))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(LongStream.of(0), Appends.from(1), Appends.from(1001), Appends.from(2001))
                                .flatMap(LongStream::boxed)
                                .toList());
    }

    /** A process that adds a row at a time. */
    static final class Appends {
        private static final int COUNT = 8;

        private Appends() {}

        static LongStream from(int first) {
            return LongStream.range(first, first + COUNT);
        }

        public static void main(String[] arguments) throws IOException {
            try (BufferAllocator memory = new RootAllocator();
                    OfflineStore store = new DuckDbOfflineStore(
                            DuckDbConfig.defaults(), KitContext.withArrow("test", Path.of(arguments[0]), memory))) {
                int first = Integer.parseInt(arguments[1]);
                for (int n = first; n < first + COUNT; n++) {
                    try (ArrowReader row = rows(memory, COLUMNS, n, 1)) {
                        store.write(view("rows.parquet"), row);
                    }
                }
            }
        }
    }

    @Test
    void newRowsComeAfterTheOldOnes() throws IOException {
        write(folder.resolve("rows.parquet"), 0, 3_000);

        append(store, view("rows.parquet"), COLUMNS, 3_000, 2_000);

        assertThat(numbers("rows.parquet"))
                .isEqualTo(LongStream.range(0, 5_000).boxed().toList());
    }

    @Test
    void aFolderGetsAnotherFile() throws IOException {
        write(folder.resolve("rows/first.parquet"), 0, 2);

        append(store, view("rows"), COLUMNS, 2, 2);

        assertThat(numbers("rows")).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
        assertThat(filesIn(folder)).hasSize(2).contains("rows/first.parquet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "csv"})
    void rowsOfAPartitionedFolderGoIntoTheirPartitions(String format) throws IOException {
        writeNumber(folder.resolve("rows/zip=00000/first." + format), 0);
        writeNumber(folder.resolve("rows/zip=00002/first." + format), 2);

        append(store, view("rows"), COLUMNS, 2, 2);

        assertThat(partitions()).containsExactlyInAnyOrder("00000:0", "00002:2", "00002:2", "00003:3");
        assertThat(filesIn(folder))
                .map(file -> file.replaceFirst("part-[-0-9a-f]+", "part"))
                .containsExactlyInAnyOrder(
                        "rows/zip=00000/first." + format,
                        "rows/zip=00002/first." + format,
                        "rows/zip=00002/part." + format,
                        "rows/zip=00003/part." + format);
    }

    @Test
    void rowsWithoutAValueHaveAPartitionToo() throws IOException {
        writeNumber(folder.resolve("rows/zip=00000/first.parquet"), 0);
        try (ArrowReader rows =
                ArrowRows.reader(allocator, COLUMNS, List.of(List.of(Value.Null.NULL, new Value.Int(7))), 1)) {
            store.write(view("rows"), rows);
        }
        assertThat(partitions()).containsExactlyInAnyOrder("00000:0", "null:7");
    }

    @Test
    void aFailureLeavesThePartitions() throws IOException {
        writeNumber(folder.resolve("rows/zip=00000/first.parquet"), 0);
        try (ArrowReader rows = new FailingReader(allocator, COLUMNS)) {
            assertThatThrownBy(() -> store.write(view("rows"), rows)).hasMessageContaining("the network is gone");
        }
        assertThat(filesIn(folder)).containsExactly("rows/zip=00000/first.parquet");
        assertThat(folder).isDirectoryContaining("glob:**/rows").isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void aPartitionOfALargerSetIsRefused() throws IOException {
        writeNumber(folder.resolve("all/m=0/rows/zip=00000/first.parquet"), 0);
        assertThatThrownBy(() -> append(store, view("all/m=0/rows"), COLUMNS, 1, 1))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("a partition of a larger set");
    }

    /** Zip and number of every row, the zip as it is declared: text. */
    private List<String> partitions() throws IOException {
        try (ArrowReader rows =
                files.readFile(folder.resolve("rows").toString(), "", Map.of("zip", Scalar.STRING), allocator)) {
            Schema schema = rows.getVectorSchemaRoot().getSchema();
            int zip = schema.getFields().indexOf(schema.findField("zip"));
            int n = schema.getFields().indexOf(schema.findField("n"));
            return ArrowRows.read(rows).stream()
                    .map(row -> "%s:%d"
                            .formatted(
                                    row.get(zip) instanceof Value.Text(String text) ? text : "null",
                                    ((Value.Int) row.get(n)).value()))
                    .toList();
        }
    }

    @Test
    void oldLinesOfCsvStayAsTheyAre() throws IOException {
        String old = "n;zip\n001;00501\n2;\"x;y\"";
        Path file = Files.writeString(folder.resolve("rows.csv"), old);

        append(store, view("rows.csv"), COLUMNS, 3, 1);

        assertThat(Files.readString(file)).isEqualTo(old + "\n3;00003\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"n,zip\r\n1,00001\r\n", "n,zip\r\n1,00001"})
    void addedLinesEndAsTheOldOnesDo(String old) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.csv"), old);

        append(store, view("rows.csv"), COLUMNS, 2, 2);
        try (ArrowReader rows = ArrowRows.reader(
                allocator, COLUMNS, List.of(List.of(new Value.Text("two\nlines"), new Value.Int(4))), 1)) {
            store.write(view("rows.csv"), rows);
        }

        assertThat(Files.readString(file)).isEqualTo("n,zip\r\n1,00001\r\n2,00002\r\n3,00003\r\n4,\"two\nlines\"\r\n");
        assertThat(numbers("rows.csv")).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aFileAddedToAFolderIsReadAsTheOthersAre() throws IOException {
        Files.createDirectory(folder.resolve("rows"));
        Files.writeString(folder.resolve("rows/old.csv"), "n;zip\r\n1;00001\r\n");

        append(store, view("rows"), COLUMNS, 2, 1);

        assertThat(numbers("rows")).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void columnsAreMatchedByNameAndConvertedToTheFiles() throws IOException {
        Schema narrow =
                new Schema(List.of(ArrowTypes.arrow("n", Scalar.INT32), ArrowTypes.arrow("zip", Scalar.STRING)));
        write(folder.resolve("rows.parquet"), 0, 1);

        try (ArrowReader rows =
                ArrowRows.reader(allocator, narrow, List.of(List.of(new Value.Int(1), new Value.Text("z"))), 1)) {
            store.write(view("rows.parquet"), rows);
        }

        assertThat(numbers("rows.parquet")).containsExactly(0L, 1L);
    }

    @Test
    void otherColumnsAreRefusedAndNamed() throws IOException {
        write(folder.resolve("rows.parquet"), 0, 1);
        byte[] before = Files.readAllBytes(folder.resolve("rows.parquet"));
        Schema other = new Schema(List.of(ArrowTypes.arrow("zip", Scalar.STRING), ArrowTypes.arrow("m", Scalar.INT64)));

        assertThatThrownBy(() -> append(store, view("rows.parquet"), other, 1, 1))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll("rows.parquet", "missing are n", "not wanted are m");
        assertThat(folder.resolve("rows.parquet")).hasBinaryContent(before);
    }

    @Test
    void fractionsAreNotRoundedAway() throws IOException {
        write(folder.resolve("rows.parquet"), 0, 1);
        Schema real = new Schema(List.of(ArrowTypes.arrow("zip", Scalar.STRING), ArrowTypes.arrow("n", Scalar.DOUBLE)));

        try (ArrowReader rows =
                ArrowRows.reader(allocator, real, List.of(List.of(new Value.Text("z"), new Value.Real(1.5))), 1)) {
            assertThatThrownBy(() -> store.write(view("rows.parquet"), rows))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'n'");
        }
    }

    @Test
    void aFailureLeavesTheFile() throws IOException {
        write(folder.resolve("rows.parquet"), 0, 1);

        try (ArrowReader rows = new FailingReader(allocator, COLUMNS)) {
            assertThatThrownBy(() -> store.write(view("rows.parquet"), rows))
                    .hasMessageContaining("the network is gone");
        }

        assertThat(numbers("rows.parquet")).containsExactly(0L);
        assertThat(filesIn(folder)).containsExactlyInAnyOrder("rows.parquet", ".rows.parquet.lock");
    }

    @Test
    void thereMustBeSomethingToAppendTo() {
        assertThatThrownBy(() -> append(store, view("none.parquet"), COLUMNS, 0, 1))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("none.parquet");
    }

    @Test
    void tablesOfADatabaseAreReadAndWritten() throws Exception {
        DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("features.duckdb"))
                .close();
        DuckDbConfig config = new DuckDbConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.of(Path.of("features.duckdb")),
                "1GB",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        DataSource.Batch table = new DataSource.Batch(
                "rows",
                "duckdb",
                new SourceLocation.Table("main.some rows"),
                new TimeColumns("at", Optional.empty(), Optional.empty()),
                Map.of(),
                About.NOTHING,
                Extras.NONE);
        Schema columns = new Schema(List.of(
                ArrowTypes.arrow("zip", Scalar.STRING),
                ArrowTypes.arrow("n", Scalar.INT64),
                ArrowTypes.arrow("at", Scalar.UNIX_TIMESTAMP)));
        for (long n = 0; n < 3; n++) {
            List<Value> row = List.of(new Value.Text("z"), new Value.Int(n), new Value.Time(Instant.EPOCH));
            try (OfflineStore database =
                            new DuckDbOfflineStore(config, KitContext.withArrow("test", folder, allocator));
                    ArrowReader rows = ArrowRows.reader(allocator, columns, List.of(row), 1)) {
                if (n < 2) {
                    database.writeLoggedFeatures(table, rows);
                } else {
                    database.write(view("rows").source(table), rows);
                }
            }
        }

        FeatureView view = view("rows");
        PullRequest everything =
                new PullRequest(table, view.entityColumns(), view.features(), Instant.EPOCH, Instant.EPOCH);
        try (OfflineStore database = new DuckDbOfflineStore(config, KitContext.withArrow("test", folder, allocator));
                ArrowReader rows = database.pullAll(everything).open(allocator)) {
            assertThat(ArrowRows.read(rows))
                    .extracting(row -> row.get(1))
                    .containsExactly(new Value.Int(0), new Value.Int(1), new Value.Int(2));
        }
    }

    @Test
    void othersMayAddNullsToParquetFilesAndFindTheirNotes() throws Exception {
        Path file = folder.resolve("rows [1].parquet");
        String made = """
                COPY (SELECT '00000' AS zip, 0::BIGINT AS n) TO '%s' (FORMAT parquet,
                    KV_METADATA {"pandas": '{"columns": ["it''s"]}', "a ""note"" more": '\\xFF'::BLOB, "ARROW:schema": 'old'})""".formatted(file);
        try (Connection others = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = others.createStatement()) {
            statement.execute(made);
            assertThat(texts(statement, "SELECT repetition_type FROM parquet_schema('%s') OFFSET 1", file))
                    .as("what there was")
                    .containsExactly("REQUIRED", "REQUIRED");

            append(store, view("rows [1].parquet"), COLUMNS, 1, 1);
            assertThat(texts(statement, "SELECT repetition_type FROM parquet_schema('%s') OFFSET 1", file))
                    .containsExactly("OPTIONAL", "OPTIONAL");
            assertThat(texts(statement, "SELECT key::VARCHAR || value::VARCHAR FROM parquet_kv_metadata('%s')", file))
                    .containsExactlyInAnyOrder(
                            "pandas{\\x22columns\\x22: [\\x22it\\x27s\\x22]}", "a \\x22note\\x22 more\\xFF");

            Files.createDirectory(folder.resolve("parts"));
            Files.move(file, folder.resolve("parts/first.parquet"));
            append(store, view("parts"), COLUMNS, 2, 1);
            assertThat(texts(
                            statement,
                            "SELECT DISTINCT repetition_type FROM parquet_schema('%s/parts/part-*') WHERE type IS NOT NULL",
                            folder))
                    .containsExactly("OPTIONAL");
        }
    }

    private static List<String> texts(Statement statement, String query, Path place) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query.formatted(place))) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    private static FeatureView view(String uri) {
        return FeatureView.of("rows")
                .source(DataSource.Batch.files(uri))
                .entities(List.of("zip"))
                .entityColumns(List.of(Field.of("zip", Scalar.STRING)))
                .features(Field.of("n", Scalar.INT64));
    }

    private void write(Path file, int from, int count) throws IOException {
        try (ArrowReader rows = rows(COLUMNS, from, count)) {
            files.writeFile(rows, file, "", false);
        }
    }

    /** A file of a partition, which leaves the zip to the folder's name. */
    private void writeNumber(Path file, int number) throws IOException {
        Schema column = new Schema(List.of(COLUMNS.findField("n")));
        try (ArrowReader rows = ArrowRows.reader(allocator, column, List.of(List.of(new Value.Int(number))), 1)) {
            files.writeFile(rows, file, "", false);
        }
    }

    private Void append(OfflineStore to, FeatureView view, Schema columns, int from, int count) throws IOException {
        try (ArrowReader rows = rows(columns, from, count)) {
            to.write(view, rows);
        }
        return null;
    }

    private ArrowReader rows(Schema columns, int from, int count) {
        return rows(allocator, columns, from, count);
    }

    private static ArrowReader rows(BufferAllocator allocator, Schema columns, int from, int count) {
        List<List<Value>> rows = LongStream.range(from, from + count)
                .mapToObj(n -> List.<Value>of(new Value.Text("%05d".formatted(n)), new Value.Int(n)))
                .toList();
        return ArrowRows.reader(allocator, columns, rows, 512);
    }

    private List<Long> numbers(String uri) throws IOException {
        try (ArrowReader rows = files.readFile(folder.resolve(uri).toString(), "", Map.of(), allocator)) {
            Schema schema = rows.getVectorSchemaRoot().getSchema();
            int column = schema.getFields().indexOf(schema.findField("n"));
            return ArrowRows.read(rows).stream()
                    .map(row -> ((Value.Int) row.get(column)).value())
                    .toList();
        }
    }

    private static List<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .toList();
        }
    }
}
