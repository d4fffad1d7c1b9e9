package dev.manciple.retrieve;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static dev.manciple.fixture.Definitions.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.FeatureSelection;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.DerivedReader;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.fixture.Definitions;
import dev.manciple.fixture.MemoryJob;
import dev.manciple.local.Engine;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.WriteReport;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entity rows from everywhere, and results into files, which are read back as entity rows. */
class EntityRowsTest {
    private static final FeatureSelection AMOUNT = FeatureSelection.of(FeatureRef.parse("orders:amount"));
    private static final Instant TIME = Instant.parse("2025-03-01T12:00:00.123456Z");

    private static final Schema SCHEMA = new Schema(Stream.of(
                    Field.of("driver_id", ValueType.Scalar.INT64),
                    Field.of("customer_id", ValueType.Scalar.STRING),
                    Field.of("event_timestamp", ValueType.Scalar.UNIX_TIMESTAMP))
            .map(ArrowTypes::field)
            .toList());

    private static final List<List<Value>> ROWS = List.of(
            List.of(new Value.Int(1), new Value.Text("007"), new Value.Time(TIME)),
            List.of(new Value.Int(2), Value.Null.NULL, new Value.Time(TIME.plusSeconds(1))),
            List.of(new Value.Int(2), new Value.Text("8"), Value.Null.NULL));

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private final Engine engine = new Engine(allocator);
    private final EntityRows entityRows =
            new EntityRows(() -> Definitions.snapshot(DRIVER_STATS, ORDERS), engine, allocator);
    private final ResultFiles files = new ResultFiles(engine, allocator);

    @AfterEach
    void close() {
        engine.close();
        allocator.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows.parquet", "rows.csv", "rows.arrow", "ROWS.Parquet", "it's.csv"})
    void whatIsWrittenIsReadBack(String name) throws IOException {
        Path file = folder.resolve(name);
        WriteReport report = files.write(new MemoryJob(SCHEMA, ROWS, 2), file, true);
        assertThat(report.rows()).isEqualTo(3);
        assertThat(report.files()).containsExactly(file.toString());
        Spine.Rows rows = entityRows.file(file, AMOUNT);
        assertThat(rows.timeColumn()).isEqualTo("event_timestamp");
        assertThat(read(rows)).isEqualTo(ROWS);
        assertThat(read(rows)).as("a second reading").isEqualTo(ROWS);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void keysOfCsvFilesKeepTheirZerosAndTimesMayBeText() throws IOException {
        Path file = write("""
                driver_id,customer_id,event_timestamp,label
                1,007,2025-03-01T12:00:00.123456Z,a
                2,08,2025-03-01 14:00:01+02:00,b
                """);
        assertThat(read(entityRows.file(file, AMOUNT)))
                .containsExactly(
                        List.of(new Value.Int(1), new Value.Text("007"), new Value.Time(TIME), new Value.Text("a")),
                        List.of(
                                new Value.Int(2),
                                new Value.Text("08"),
                                new Value.Time(Instant.parse("2025-03-01T12:00:01Z")),
                                new Value.Text("b")));
    }

    @Test
    void columnsOfCsvFilesThatNobodyComputesWithStayAsTheyAre() throws IOException {
        Path file = write("""
                driver_id,customer_id,event_timestamp,day,flag,amount,empty
                1,007,2025-03-01,01/02/2025,T,1.10,
                2,08,2025-03-02,12/25/2025,F,2,""
                """);
        Spine.Rows rows = entityRows.file(file, AMOUNT);
        assertThat(read(rows))
                .extracting(row -> row.subList(3, 7))
                .containsExactly(
                        List.of(
                                new Value.Text("01/02/2025"),
                                new Value.Text("T"),
                                new Value.Text("1.10"),
                                Value.Null.NULL),
                        List.of(
                                new Value.Text("12/25/2025"),
                                new Value.Text("F"),
                                new Value.Text("2"),
                                new Value.Text("")));
        Path again = folder.resolve("again.csv");
        try (ArrowReader reader = rows.reader().get()) {
            engine.write(reader, again, "csv", false);
        }
        assertThat(again).hasSameTextualContentAs(file);
    }

    /** Alone it might be the first of February, beside the 25th of December only the second of January. */
    @ParameterizedTest
    @ValueSource(strings = {"01/02/2025", "01/02/2025\n3,c,12/25/2025", "01/02/2025\n3,c,25/03/2025", "2025/01/02"})
    void aTimeIsNotGuessed(String times) throws IOException {
        Path file = write("driver_id,customer_id,event_timestamp\n1,a,2025-03-01\n2,b,%s\n".formatted(times));
        Spine.Rows rows = entityRows.file(file, AMOUNT);
        assertThatThrownBy(() -> read(rows))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Row 2 of " + file)
                .hasMessageContaining(
                        "'%s' in column 'event_timestamp' is not a time",
                        times.lines().findFirst().orElseThrow());
    }

    @Test
    void timesOfEveryFormCanBeMixed() throws IOException {
        Path file = write("""
                driver_id,customer_id,event_timestamp
                1,a,2025-03-01
                1,a,2025-03-01 12:00:00.5
                1,a,2025-03-01T12:00Z
                1,a,2025-03-01T12:00:00.123456+02:00
                """);
        assertThat(read(entityRows.file(file, AMOUNT)))
                .extracting(row -> row.get(2))
                .containsExactly(
                        new Value.Time(Instant.parse("2025-03-01T00:00:00Z")),
                        new Value.Time(Instant.parse("2025-03-01T12:00:00.5Z")),
                        new Value.Time(Instant.parse("2025-03-01T12:00:00Z")),
                        new Value.Time(Instant.parse("2025-03-01T10:00:00.123456Z")));
    }

    /** What pandas makes of a categorical column. */
    @Test
    void wordsOfADictionaryPassBesideTimesOfText() throws IOException {
        Path file = folder.resolve("rows.arrow");
        try (VarCharVector words = texts("words", "cold", "hot");
                VarCharVector column = texts("label", "hot", "cold", "hot");
                VarCharVector times = texts("event_timestamp", TIME.toString(), TIME.toString(), TIME.toString())) {
            Dictionary dictionary =
                    new Dictionary(words, new DictionaryEncoding(7, false, new ArrowType.Int(32, true)));
            try (FieldVector labels = (FieldVector) DictionaryEncoder.encode(column, dictionary);
                    FileChannel channel =
                            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    ArrowFileWriter writer = new ArrowFileWriter(
                            VectorSchemaRoot.of(labels, times),
                            new DictionaryProvider.MapDictionaryProvider(dictionary),
                            channel)) {
                writer.writeBatch();
            }
        }
        assertThat(read(entityRows.file(file, AMOUNT)))
                .containsExactly(
                        List.of(new Value.Text("hot"), new Value.Time(TIME)),
                        List.of(new Value.Text("cold"), new Value.Time(TIME)),
                        List.of(new Value.Text("hot"), new Value.Time(TIME)));
    }

    private VarCharVector texts(String name, String... texts) {
        VarCharVector vector = new VarCharVector(name, allocator);
        for (int i = 0; i < texts.length; i++) {
            vector.setSafe(i, new Text(texts[i]));
        }
        vector.setValueCount(texts.length);
        return vector;
    }

    @Test
    void aTimeThatIsNoneNamesRowAndValue() throws IOException {
        Path file = write("""
                driver_id,customer_id,event_timestamp
                1,a,2025-03-01T12:00:00Z
                2,b,yesterday
                """);
        Spine.Rows rows = entityRows.file(file, AMOUNT);
        assertThatThrownBy(() -> read(rows))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Row 2 of " + file)
                .hasMessageContaining("'yesterday' in column 'event_timestamp' is not a time");
    }

    @Test
    void filesThatCannotBeEntityRowsAreRefused() throws IOException {
        assertThatThrownBy(() -> entityRows.file(folder.resolve("none.csv"), AMOUNT))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("none.csv");
        Path text = Files.writeString(folder.resolve("rows.txt"), "driver_id\n1\n");
        assertThatThrownBy(() -> entityRows.file(text, AMOUNT))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("must end in .parquet, .csv or .arrow");
        Path timeless = write("driver_id,customer_id\n1,a\n");
        assertThatThrownBy(() -> entityRows.file(timeless, AMOUNT))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("no column of times")
                .hasMessageContaining("Columns: driver_id, customer_id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"broken.parquet", "broken.arrow"})
    void aFileOfAnotherFormatIsTheFilesFault(String name) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "PAR1 but not for long");
        assertThatThrownBy(() -> entityRows.file(file, AMOUNT))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(name);
    }

    @Test
    void javaObjectsBecomeRows() throws IOException {
        Map<String, Object> sparse = new HashMap<>();
        sparse.put("driver_id", "2");
        sparse.put("event_timestamp", "2025-03-01");
        Spine.Rows rows = entityRows.rows(
                List.of(
                        Map.of(
                                "driver_id",
                                1,
                                "customer_id",
                                7,
                                "event_timestamp",
                                LocalDateTime.parse("2025-03-01T12:00:00"),
                                "price",
                                new BigDecimal("1.10"),
                                "tags",
                                List.of("a", "b"),
                                "weight",
                                1),
                        sparse,
                        Map.of("driver_id", 3L, "event_timestamp", LocalDate.parse("2025-03-02"), "weight", 0.5)),
                AMOUNT);
        List<String> names = rows.schema().getFields().stream()
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .toList();
        List<List<Value>> read = read(rows);
        assertThat(column(read, names, "driver_id"))
                .containsExactly(new Value.Int(1), new Value.Int(2), new Value.Int(3));
        assertThat(column(read, names, "customer_id"))
                .containsExactly(new Value.Text("7"), Value.Null.NULL, Value.Null.NULL);
        assertThat(column(read, names, "event_timestamp"))
                .containsExactly(
                        new Value.Time(Instant.parse("2025-03-01T12:00:00Z")),
                        new Value.Time(Instant.parse("2025-03-01T00:00:00Z")),
                        new Value.Time(Instant.parse("2025-03-02T00:00:00Z")));
        assertThat(column(read, names, "price"))
                .containsExactly(new Value.Text("1.10"), Value.Null.NULL, Value.Null.NULL);
        assertThat(column(read, names, "tags").getFirst())
                .isEqualTo(new Value.Many(List.of(new Value.Text("a"), new Value.Text("b"))));
        assertThat(column(read, names, "weight"))
                .containsExactly(new Value.Real(1), Value.Null.NULL, new Value.Real(0.5));
    }

    @Test
    void javaObjectsThatDoNotFitAreNamed() {
        assertThatThrownBy(() -> entityRows.rows(
                        List.of(Map.of("driver_id", "x", "customer_id", "a", "event_timestamp", TIME)), AMOUNT))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("driver_id")
                .hasMessageContaining("'x'");
        assertThatThrownBy(() -> entityRows.rows(
                        List.of(
                                Map.of("event_timestamp", TIME, "extra", 1),
                                Map.of("event_timestamp", TIME, "extra", "one")),
                        AMOUNT))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Column 'extra' of the rows mixes INT64 and STRING");
        assertThatThrownBy(() -> entityRows.rows(List.of(Map.of("extra", new Thread())), AMOUNT))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("java.lang.Thread");
    }

    @Test
    void aResultThatFailsLeavesWhatWasThere() throws IOException {
        Path file = Files.writeString(folder.resolve("result.parquet"), "the old result");
        RetrievalJob failing = new FailingJob(new MemoryJob(SCHEMA, ROWS, 1));
        assertThatThrownBy(() -> files.write(failing, file, true)).hasMessageContaining("the disk is gone");
        assertThat(file).hasContent("the old result");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void resultsWithoutAFormatOrAFolderAreRefusedBeforeTheJobRuns() {
        RetrievalJob failing = new FailingJob(new MemoryJob(SCHEMA, ROWS, 1));
        assertThatThrownBy(() -> files.write(failing, folder.resolve("result.xlsx"), true))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("must end in .parquet, .csv or .arrow");
        assertThatThrownBy(() -> files.write(failing, folder.resolve("nowhere/result.csv"), true))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("does not exist");
    }

    private Path write(String csv) throws IOException {
        return Files.writeString(folder.resolve("rows.csv"), csv);
    }

    private static List<List<Value>> read(Spine.Rows rows) throws IOException {
        try (ArrowReader reader = rows.reader().get()) {
            assertThat(reader.getVectorSchemaRoot().getSchema()).isEqualTo(rows.schema());
            return new ArrayList<>(ArrowRows.read(reader));
        }
    }

    private static List<Value> column(List<List<Value>> rows, List<String> names, String name) {
        return rows.stream().map(row -> row.get(names.indexOf(name))).toList();
    }

    /** A job whose second batch fails. */
    private record FailingJob(RetrievalJob job) implements RetrievalJob {
        @Override
        public Schema schema() {
            return job.schema();
        }

        @Override
        public ArrowReader open(BufferAllocator allocator) {
            return new DerivedReader(job.open(allocator), allocator) {
                private int batches;

                @Override
                public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
                    return from().getVectorSchemaRoot();
                }

                @Override
                public boolean loadNextBatch() throws IOException {
                    if (batches++ > 0) {
                        throw new IOException("the disk is gone");
                    }
                    return from().loadNextBatch();
                }

                @Override
                protected Schema readSchema() {
                    return job.schema();
                }
            };
        }

        @Override
        public Explanation explain() {
            return job.explain();
        }
    }
}
