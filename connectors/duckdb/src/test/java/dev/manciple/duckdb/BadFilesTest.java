package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that cannot be read, and places that cannot be written: one sentence says which, where and why, without the engine's own. */
class BadFilesTest {
    private static final Schema COLUMNS =
            new Schema(List.of(ArrowTypes.arrow("n", Scalar.INT64), ArrowTypes.arrow("text", Scalar.STRING)));

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
    @ValueSource(strings = {"rows.parquet", "rows.arrow"})
    void aFileThatIsNoneIsNamed(String name) throws IOException {
        Path file = folder.resolve(name);
        byte[] noise = new byte[3000];
        new Random(7).nextBytes(noise);
        for (byte[] content : List.of(noise, new byte[0], "PAR1".getBytes(StandardCharsets.US_ASCII))) {
            Files.write(file, content);
            assertRefused(file, "'" + file + "' is not a", "or was cut short");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows.parquet", "rows.arrow"})
    void aFileThatWasCutShortIsNamed(String name) throws IOException {
        Path file = folder.resolve(name);
        write(file, 1000);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, 1 + whole.length / 100));
        assertRefused(file, "'" + file + "' is not a", "or was cut short");
    }

    @Test
    void theBrokenFileOfAFolderIsNamed() throws IOException {
        write(folder.resolve("rows/a.parquet"), 10);
        Path broken = Files.writeString(folder.resolve("rows/b.parquet"), "text, not columns");
        assertThatThrownBy(() -> read(folder.resolve("rows"), Map.of()))
                .isInstanceOf(FeatureStoreException.class)
                .hasMessageContaining(broken.toString())
                .hasMessageNotContaining("read_parquet");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "n,text;1,a;2,b,c         | line 3 has 3 columns, the first line names 2. A text with a ',' in it is quoted",
                "n,text;1,a;2             | line 3 has 1 column, the first line names 2",
                "n,text;1,'a;;b';2        | line 5 has 1 column, the first line names 2",
                "n,text;1,'a;2,b          | a quotation mark opened in line 2 is never closed",
                "n,text;1,a;2,'b'c        | in line 3 something follows a closing quotation mark",
                "n,text;1,a~;2,b          | line 2 ends in a carriage return and a line feed (\\r\\n), the first in a line feed alone (\\n)",
                "n,text~;1,a~;2,b         | line 3 ends in a line feed alone (\\n), the first in a carriage return",
                "n,text;1,a;2,\u00e4     | line 3 is not UTF-8 text. Save the file as UTF-8",
            })
    void theLineOfACsvFileThatIsWrongIsNamed(String lines, String problem) throws IOException {
        String text =
                lines.replace('~', '\r').replace(';', '\n').replace('\'', '"').replace("\\u00e4", "\u00e4") + "\n";
        Path file = Files.write(folder.resolve("rows.csv"), text.getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(file, "'" + file + "' is not as CSV files are: " + problem);
    }

    @Test
    void anEmptyCsvFileHasNoColumns() throws IOException {
        Path file = Files.createFile(folder.resolve("rows.csv"));
        assertRefused(file, "'" + file + "' is empty. The first line of a CSV file must name its columns");
    }

    @ParameterizedTest
    @ValueSource(strings = {"n,text,n", "n,text,N", "n,\"text\",n_1,N"})
    void aNameThatIsThereTwiceIsNotChanged(String names) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.csv"), names + "\n" + names.replaceAll("[^,]+", "1") + "\n");
        assertRefused(file, file.toString(), "the first line names '" + names.charAt(names.length() - 1) + "' twice");
    }

    @Test
    void aNameMayEndInANumber() throws IOException {
        Path file = Files.writeString(folder.resolve("rows.csv"), "n,n_1\n1,2\n");
        assertThat(read(file, Map.of())).containsExactly(List.of(new Value.Int(1), new Value.Int(2)));
    }

    @Test
    void aValueOfACsvFileThatIsNotOfItsTypeIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("rows.csv"), "n,text\n1,a\nx17,b\n");
        assertThatThrownBy(() -> read(file, Map.of("n", Scalar.INT64)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessage("'%s', line 3, column 'n': 'x17' is not a whole number", file);
    }

    @ParameterizedTest
    @CsvSource({
        "INT64, 1.5, a whole number of 64 bits",
        "INT64, -0.74, a whole number of 64 bits",
        "INT64, 1e-3, a whole number of 64 bits",
        "INT64, 9223372036854775808, a whole number of 64 bits",
        "INT64, 1e30, a whole number",
        "INT64, nan, a whole number",
        "INT32, 2147483648, a whole number of 32 bits",
    })
    void aNumberOfACsvFileThatIsNotWholeIsNotRounded(Scalar type, String number, String expected) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.csv"), "n,text\n1,a\n%s,b\n".formatted(number));
        assertThatThrownBy(() -> read(file, Map.of("n", type)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll("'" + file + "'", "column 'n'", "is not " + expected);
    }

    @ParameterizedTest
    @CsvSource({
        "7, 7",
        "5.0, 5",
        "1e3, 1000",
        "-9223372036854775808, -9223372036854775808",
        "9223372036854775807.0, 9223372036854775807",
        "007, 7"
    })
    void aWholeNumberOfACsvFileMayBeWrittenInSeveralWays(String text, long number) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.csv"), "n,text\n%s,a\n,b\n".formatted(text));
        try (ArrowReader rows = engine.readFile(file.toString(), "", Map.of("n", Scalar.INT64), allocator)) {
            assertThat(ArrowRows.read(rows))
                    .containsExactly(
                            List.of(new Value.Int(number), new Value.Text("a")),
                            List.of(Value.Null.NULL, new Value.Text("b")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void theFirstLineTellsWhatIsBetweenColumns(String between) throws IOException {
        Path file = Files.writeString(
                folder.resolve("rows.csv"),
                "n,text\n1,'a,;|'\n".replace(",", between).replace('\'', '"'));
        try (ArrowReader rows = engine.readFile(file.toString(), "", Map.of(), allocator)) {
            assertThat(ArrowRows.read(rows))
                    .containsExactly(List.of(new Value.Int(1), new Value.Text("a,;|".replace(",", between))));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows.parquet", "rows.csv", "rows.arrow"})
    void aFolderInTheFilesPlaceIsTold(String name) throws IOException {
        Path target = Files.createDirectory(folder.resolve(name));
        assertThatThrownBy(() -> write(target, 10))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'%s' cannot be written: it is a folder, not a file", target)
                .hasMessageNotContaining(".tmp");
        assertThat(folder).isDirectoryContaining(target::equals);
        assertThat(target).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows.parquet", "rows.csv", "rows.arrow"})
    void aFileInTheFoldersPlaceIsTold(String name) throws IOException {
        Path target = Files.writeString(folder.resolve("file"), "").resolve(name);
        assertThatThrownBy(() -> write(target, 10))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'%s' cannot be written", target)
                .hasMessageNotContaining(".tmp");
    }

    /** A process may be kept from writing more than so much to a file, which ends a write as a full disk does: half-way. */
    @EnabledOnOs(OS.LINUX)
    @ParameterizedTest
    @ValueSource(strings = {"rows.parquet", "rows.csv", "rows.arrow"})
    void aWriteThatIsCutOffLeavesWhatWasThere(String name) throws Exception {
        Path target = folder.resolve(name);
        write(target, 10);
        byte[] before = Files.readAllBytes(target);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LongWrite.class.getName(),
                        target.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("FAILED", "write '" + target + "': File too large")
                .doesNotContain(".tmp");
        assertThat(target).hasBinaryContent(before);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(target);
        }
    }

    /** Overwrites a file with more than it may. */
    static final class LongWrite {
        private LongWrite() {}

        public static void main(String[] arguments) throws Exception {
            try (BufferAllocator memory = new RootAllocator();
                    LocalEngine engine = new LocalEngine(memory);
                    ArrowReader rows = rows(memory, 100_000)) {
                // Starting the engine unpacks more than the limit allows.
                engine.query("SELECT 1", Map.of(), memory).close();
                new ProcessBuilder(
                                "prlimit",
                                "--fsize=100000:",
                                "--pid",
                                Long.toString(ProcessHandle.current().pid()))
                        .inheritIO()
                        .start()
                        .waitFor();
                engine.writeFile(rows, Path.of(arguments[0]), "", true);
                System.out.println("WRITTEN");
            } catch (FeatureStoreException e) {
                System.out.println("FAILED: " + e.getMessage());
            }
        }
    }

    private void assertRefused(Path file, String... parts) {
        assertThatThrownBy(() -> read(file, Map.of()))
                .isInstanceOf(FeatureStoreException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContainingAny(
                        "read_parquet", "read_csv", "Invalid Input", "Possible", "SELECT", "describe (");
    }

    private List<List<Value>> read(Path file, Map<String, ValueType> types) throws IOException {
        try (ArrowReader rows = engine.readFile(file.toString(), "", types, allocator)) {
            return ArrowRows.read(rows);
        }
    }

    private void write(Path file, int count) throws IOException {
        try (ArrowReader rows = rows(allocator, count)) {
            engine.writeFile(rows, file, "", false);
        }
    }

    /** Text that hardly any compression makes smaller. */
    private static ArrowReader rows(BufferAllocator allocator, int count) {
        Random random = new Random(11);
        return ArrowRows.reader(
                allocator,
                COLUMNS,
                LongStream.range(0, count)
                        .mapToObj(n ->
                                List.<Value>of(new Value.Int(n), new Value.Text(Long.toString(random.nextLong(), 36))))
                        .toList(),
                512);
    }
}
