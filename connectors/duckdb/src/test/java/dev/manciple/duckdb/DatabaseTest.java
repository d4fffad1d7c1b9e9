package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.StoreException;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import dev.manciple.sql.Sql;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database is read beside other readers, and taken for writing only once something is written. */
class DatabaseTest {
    private static final int ROWS = 1_000_000;
    private static final SourceLocation.Table COPY = new SourceLocation.Table("copy");

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private Path file;
    private DuckDb engine;
    private Sinks sinks;

    @BeforeEach
    void open() throws SQLException {
        file = folder.resolve("features.duckdb");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE rows AS SELECT n FROM range(%d) AS t(n)".formatted(ROWS));
        }
        DuckDbConfig config = new DuckDbConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.of(file.getFileName()),
                "1GB",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        engine = new DuckDb(config, folder, Duration.ZERO);
        sinks = new Sinks(engine, new Catalog(engine, folder), allocator);
    }

    @AfterEach
    void nothingLeaks() {
        engine.close();
        allocator.close();
    }

    @Test
    void itIsReadBesideOtherReaders() throws Exception {
        try (Connection reader = reader();
                Held process = Held.by(file, "READ_ONLY")) {
            assertThat(reader.isValid(0)).isTrue();
            assertThat(process.process().isAlive()).isTrue();
            assertThat(count("rows")).isEqualTo(ROWS);
        }
    }

    @Test
    void aWriterOfAnotherProcessIsToldToWhoReads() throws Exception {
        try (Held process = Held.by(file, "READ_WRITE")) {
            assertThatThrownBy(() -> count("rows"))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            failure -> assertThat(failure.retryable()).isTrue())
                    .hasMessage(
                            "DuckDB failed while trying to open the database '%s' for reading: process %d has it open for writing; try again when that has closed it",
                            file, process.process().pid());
        }
        assertThat(count("rows")).isEqualTo(ROWS);
    }

    @Test
    void aReaderOfAnotherProcessIsToldToWhoWrites() throws Exception {
        assertThat(count("rows")).isEqualTo(ROWS);
        try (Held process = Held.by(file, "READ_ONLY")) {
            assertThatThrownBy(() -> copy(3))
                    .isInstanceOf(StoreException.class)
                    .hasMessage(
                            "DuckDB failed while trying to open the database '%s' for writing: process %d has it open; try again when that has closed it",
                            file, process.process().pid());
            assertThat(count("rows")).as("read as before").isEqualTo(ROWS);
        }
        assertThat(copy(3)).isEqualTo(3);
        assertThat(count("copy")).isEqualTo(3);
    }

    @Test
    void anotherStoreOfThisProcessIsTold() throws Exception {
        try (Connection reader = reader()) {
            assertThat(reader.isValid(0)).isTrue();
            assertThatThrownBy(() -> copy(3))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("another store of this process has it open; close that first");
        }
        assertThat(copy(3)).isEqualTo(3);
    }

    @EnabledOnOs(OS.LINUX)
    @Test
    void itIsNotEvenOpenedForWritingWhereItIsOnlyRead() throws IOException {
        byte[] before = Files.readAllBytes(file);
        assertThat(count("rows")).isEqualTo(ROWS);
        assertThat(accessModes()).as("O_RDONLY").containsOnly(0);
        assertThat(folder).isDirectoryContaining(file::equals);
        assertThat(file).hasBinaryContent(before);

        copy(1);

        assertThat(accessModes()).as("O_RDWR").contains(2);
    }

    @Test
    void itIsWrittenOnceNothingIsReadAnyMore() throws IOException {
        try (DuckDbSession session = engine.session(allocator);
                ArrowReader rows = read(session, "rows")) {
            assertThat(rows.loadNextBatch()).isTrue();
            int first = rows.getVectorSchemaRoot().getRowCount();

            assertThatThrownBy(() -> copy(3))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("results are still being read from it; try again when they are closed");

            assertThat(first + rest(rows)).as("the rows go on").isEqualTo(ROWS);
            assertThat(copy(3))
                    .as("after the last row, before the reader is closed")
                    .isEqualTo(3);
        }
        assertThat(count("copy")).isEqualTo(3);
        try (DuckDbSession session = engine.session(allocator);
                ArrowReader rows = read(session, "rows")) {
            assertThat(rows.loadNextBatch()).isTrue();
            try (ArrowReader two = rows(2)) {
                sinks.create(two, COPY, true);
            }
            assertThat(count("copy")).as("written while it is read").isEqualTo(2);
        }
    }

    @Test
    void aReaderThatIsClosedEarlyIsInNobodysWay() throws IOException {
        try (DuckDbSession session = engine.session(allocator)) {
            try (ArrowReader rows = read(session, "rows")) {
                assertThat(rows.loadNextBatch()).isTrue();
            }
            assertThat(copy(3)).isEqualTo(3);
        }
    }

    @Test
    void aStatementThatFailsIsInNobodysWay() throws IOException {
        assertThatThrownBy(() -> count("missing")).isInstanceOf(StoreException.class);
        assertThat(copy(3)).isEqualTo(3);
    }

    /** The first time the rows are taken in before, then they stream. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void rowsOfTheDatabaseAreWrittenBackToIt(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try (DuckDbSession session = engine.session(allocator);
                    ArrowReader rows = read(session, "rows")) {
                assertThat(sinks.create(rows, COPY, true).rows()).isEqualTo(ROWS);
            }
            assertThat(count("copy")).isEqualTo(ROWS);
        }
    }

    private Connection reader() throws SQLException {
        Properties readOnly = new Properties();
        readOnly.setProperty("access_mode", "READ_ONLY");
        return DriverManager.getConnection("jdbc:duckdb:" + file, readOnly);
    }

    private ArrowReader read(DuckDbSession session, String table) {
        return session.query(
                Sql.of("SELECT n FROM {}.{}", engine.database().orElseThrow(), Sql.quoted(table, '"')), allocator);
    }

    private long count(String table) throws IOException {
        try (DuckDbSession session = engine.session(allocator);
                ArrowReader rows = read(session, table)) {
            return rest(rows);
        }
    }

    private static long rest(ArrowReader rows) throws IOException {
        long count = 0;
        while (rows.loadNextBatch()) {
            count += rows.getVectorSchemaRoot().getRowCount();
        }
        return count;
    }

    private long copy(int count) throws IOException {
        try (ArrowReader rows = rows(count)) {
            return sinks.create(rows, COPY, false).rows();
        }
    }

    private ArrowReader rows(int count) {
        return ArrowRows.reader(
                allocator,
                new Schema(List.of(ArrowTypes.arrow("n", Scalar.INT64))),
                Stream.iterate(0, n -> n + 1)
                        .limit(count)
                        .map(n -> List.<Value>of(new Value.Int(n)))
                        .toList(),
                512);
    }

    /** How this process has the file open: the lowest two bits of the flags of {@code open}. */
    private List<Integer> accessModes() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> isOf(descriptor, file))
                    .map(descriptor -> flags(descriptor) & 3)
                    .toList();
        }
    }

    private static boolean isOf(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file.toRealPath());
        } catch (IOException e) {
            // Closed meanwhile.
            return false;
        }
    }

    private static int flags(Path descriptor) {
        try (Stream<String> lines = Files.lines(
                Path.of("/proc/self/fdinfo", descriptor.getFileName().toString()))) {
            return lines.filter(line -> line.startsWith("flags:"))
                    .map(line ->
                            Integer.parseInt(line.substring("flags:".length()).strip(), 8))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError("The flags of %s cannot be read".formatted(descriptor), e);
        }
    }

    /** A process that has the file open until this is closed. */
    private record Held(Process process) implements AutoCloseable {
        static Held by(Path file, String mode) throws IOException {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Holder.class.getName(),
                            file.toString(),
                            mode)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
            assertThat(said.readLine()).isEqualTo("open");
            return new Held(process);
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
            assertThat(process.onExit().join().exitValue()).isZero();
        }
    }

    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            Properties mode = new Properties();
            mode.setProperty("access_mode", arguments[1]);
            try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + arguments[0], mode)) {
                System.out.println(connection.isClosed() ? "closed" : "open");
                while (System.in.read() >= 0) {
                    // Until the other side closes it.
                }
            }
        }
    }
}
