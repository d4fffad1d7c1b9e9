package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.sql.PitStrategy;
import dev.manciple.sql.RowNumber;
import dev.manciple.tck.KitContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VariableWidthFieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Entity rows and sources as they really come: every Arrow type, files, text times, infinite times, names that differ by case. */
class EntityRowsTest {
    private static final String TIME = "event_timestamp";

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private final LocalEngine files = new LocalEngine(allocator);
    private final List<OfflineStore> stores = new ArrayList<>();

    @AfterEach
    void nothingLeaks() {
        stores.forEach(OfflineStore::close);
        files.close();
        allocator.close();
    }

    static List<ArrowType> types() {
        List<ArrowType> types = new ArrayList<>();
        for (int bits : new int[] {8, 16, 32, 64}) {
            types.add(new ArrowType.Int(bits, true));
            types.add(new ArrowType.Int(bits, false));
        }
        for (TimeUnit unit : TimeUnit.values()) {
            types.add(new ArrowType.Timestamp(unit, null));
            types.add(new ArrowType.Timestamp(unit, "UTC"));
            types.add(new ArrowType.Timestamp(unit, "Europe/Berlin"));
            types.add(new ArrowType.Duration(unit));
        }
        for (FloatingPointPrecision precision : FloatingPointPrecision.values()) {
            types.add(new ArrowType.FloatingPoint(precision));
        }
        types.addAll(List.of(
                ArrowType.Bool.INSTANCE,
                ArrowType.Utf8.INSTANCE,
                ArrowType.LargeUtf8.INSTANCE,
                ArrowType.Utf8View.INSTANCE,
                ArrowType.Binary.INSTANCE,
                ArrowType.LargeBinary.INSTANCE,
                ArrowType.BinaryView.INSTANCE,
                new ArrowType.FixedSizeBinary(5),
                new ArrowType.Decimal(20, 3, 128),
                new ArrowType.Date(DateUnit.DAY),
                new ArrowType.Date(DateUnit.MILLISECOND),
                new ArrowType.Time(TimeUnit.SECOND, 32),
                new ArrowType.Time(TimeUnit.MILLISECOND, 32),
                new ArrowType.Time(TimeUnit.MICROSECOND, 64),
                new ArrowType.Time(TimeUnit.NANOSECOND, 64),
                new ArrowType.Interval(IntervalUnit.YEAR_MONTH),
                ArrowType.Null.INSTANCE));
        return types;
    }

    @ParameterizedTest
    @MethodSource("types")
    void columnsComeBackUnchanged(ArrowType type) throws IOException {
        Schema schema = new Schema(List.of(
                Field.nullable("key", new ArrowType.Int(64, true)),
                Field.nullable(TIME, new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC")),
                Field.nullable("extra", type)));
        RetrievalJob job = job(
                store(),
                new Spine.Rows(schema, TIME, () -> new Filled(allocator, schema)),
                view("SELECT 1 AS key, TIMESTAMP '1970-01-01' AS at, 7 AS f"));

        assertThat(job.schema().getFields().subList(0, 3)).isEqualTo(schema.getFields());
        try (ArrowReader rows = job.open(allocator);
                ArrowReader given = new Filled(allocator, schema)) {
            assertThat(rows.loadNextBatch()).isTrue();
            assertThat(given.loadNextBatch()).isTrue();
            VectorSchemaRoot found = rows.getVectorSchemaRoot();
            assertThat(found.getSchema()).isEqualTo(job.schema());
            assertThat(found.getRowCount()).isEqualTo(3);
            FieldVector expected = given.getVectorSchemaRoot().getVector("extra");
            for (int row = 0; row < 3; row++) {
                assertThat(found.getVector("extra").getObject(row)).isEqualTo(expected.getObject(row));
            }
        }
    }

    @Test
    void namesThatDifferByCaseAreToldApart() throws IOException {
        Schema schema = new Schema(List.of(
                Field.nullable("KEY", new ArrowType.Int(64, true)),
                Field.nullable("key", new ArrowType.Int(64, true)),
                Field.nullable(TIME, new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC")),
                Field.nullable("F", ArrowType.Utf8.INSTANCE)));
        RetrievalJob job = job(
                store(),
                new Spine.Rows(schema, TIME, () -> new Filled(allocator, schema)),
                view("SELECT 1 AS key, TIMESTAMP '1970-01-01' AS at, 7 AS f"));

        try (ArrowReader rows = job.open(allocator)) {
            assertThat(rows.getVectorSchemaRoot().getSchema().getFields())
                    .extracting(Field::getName)
                    .containsExactly("KEY", "key", TIME, "F", "f");
            assertThat(ArrowRows.read(rows).getFirst()).last().isEqualTo(new Value.Int(7));
        }
    }

    @Test
    void aColumnOfTheSourceIsNotFoundByAnotherCase() {
        FeatureView view = view("SELECT 1 AS KEY, TIMESTAMP '1970-01-01' AS at, 7 AS f");

        assertThatThrownBy(() -> job(store(), query("SELECT 1 AS key, TIMESTAMP '2000-01-01' AS event_timestamp"), view)
                        .schema())
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll("'key'", "KEY");
    }

    @Test
    void rowsOfAFileComeInItsOrder() throws IOException {
        Path file = folder.resolve("entities.parquet");
        try (ArrowReader rows = files.query(
                "SELECT (i * 7919) % 1000 AS key, TIMESTAMP '2025-01-01' + to_seconds((i * 104729) % 86400) AS event_timestamp, i AS row FROM range(300000) AS t(i) ORDER BY i",
                Map.of(), allocator)) {
            files.writeFile(rows, file, "", false);
        }
        FeatureView view = view(
                "SELECT k AS key, TIMESTAMP '2024-12-31' + to_hours(h) AS at, (k * 1000 + h)::INTEGER AS f FROM range(1000) AS a(k), range(40) AS b(h)");

        try (ArrowReader rows = job(store(), entities(file), view).open(allocator)) {
            long expected = 0;
            while (rows.loadNextBatch()) {
                VectorSchemaRoot batch = rows.getVectorSchemaRoot();
                for (int row = 0; row < batch.getRowCount(); row++) {
                    assertThat(batch.getVector("row").getObject(row)).isEqualTo(expected++);
                }
            }
            assertThat(expected).isEqualTo(300_000);
        }
    }

    @Test
    void textTimesOfACsvFileAreRead() throws IOException {
        Path file = Files.writeString(
                folder.resolve("entities.csv"),
                "key,event_timestamp\n1,2025-01-01T00:00:00+02:00\n1,2024-12-31 21:59:59.999999\n2,\n");
        FeatureView view = view("SELECT 1 AS key, TIMESTAMP '2024-12-31 22:00:00' AS at, 7 AS f");

        assertThat(features(job(store(), entities(file), view)))
                .containsExactly(new Value.Int(7), Value.Null.NULL, Value.Null.NULL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "2025-13-01", "01/02/25 o'clock"})
    void aTextThatIsNoTimeIsNamed(String text) {
        Spine spine = query("SELECT 1 AS key, '%s' AS event_timestamp".formatted(text.replace("'", "''")));
        FeatureView view = view("SELECT 1 AS key, TIMESTAMP '1970-01-01' AS at, 7 AS f");

        assertThatThrownBy(() -> features(job(store(), spine, view)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll(text, TIME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "01/02/2025", "25/03/2025"})
    void aTimeOfASourceThatIsNoneIsNamedWithItsPlace(String text) throws IOException {
        Path csv = Files.writeString(
                folder.resolve("rows.csv"),
                "key,at,f\n1,2025-01-01,7\n1,%s,8\n1,2025-01-01 00:00:00,9\n".formatted(text));
        assertNotATime(
                DataSource.Batch.files(csv.toString()).eventTime("at"),
                "'%s', line 3, column 'at': '%s' is not a time".formatted(csv, text));

        Path parquet = folder.resolve("rows.parquet");
        try (ArrowReader rows = files.query(
                "SELECT 1 AS key, unnest(['2025-01-01', '%s']) AS at, 7 AS f".formatted(text), Map.of(), allocator)) {
            files.writeFile(rows, parquet, "", false);
        }
        assertNotATime(
                DataSource.Batch.files(parquet.toString()).name("the rows").eventTime("at"),
                "source 'the rows' ('%s', row 2), column 'at': '%s' is not a time".formatted(parquet, text));

        FeatureView query = view("SELECT 1 AS key, '%s' AS at, 7 AS f".formatted(text));
        assertNotATime(
                query.batchSource().orElseThrow(), "source 'rows', column 'at': '%s' is not a time".formatted(text));
    }

    private void assertNotATime(DataSource.Batch source, String message) {
        Spine spine = query("SELECT 1 AS key, TIMESTAMP '2025-02-01' AS event_timestamp");
        assertThatThrownBy(() -> features(job(store(), spine, view("").source(source))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(message);
    }

    /** What one row's text means does not depend on the others'. */
    @Test
    void timesOfACsvSourceMayBeWrittenInSeveralWays() throws IOException {
        Path file = Files.writeString(
                folder.resolve("rows.csv"),
                "key,at,f\n1,2025-01-01,1\n1,2025-01-02 00:00:00,2\n1,2025-01-03T00:00:00Z,3\n1,2025-01-04T02:00:00.5+02:00,4\n");
        Spine spine = query(
                "SELECT 1 AS key, unnest(range(TIMESTAMP '2025-01-01 00:00:01', TIMESTAMP '2025-01-05', INTERVAL 1 DAY)) AS event_timestamp");

        assertThat(features(job(
                        store(),
                        spine,
                        view("").source(DataSource.Batch.files(file.toString()).eventTime("at")))))
                .containsExactly(new Value.Int(1), new Value.Int(2), new Value.Int(3), new Value.Int(4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_NS", "DATE"})
    void infiniteTimesMatchNothing(String type) throws IOException {
        FeatureView view = view(
                "SELECT 1 AS key, unnest(['-infinity', '2024-01-01', 'infinity'])::%s AS at, unnest([1, 2, 3]) AS f"
                        .formatted(type));
        Spine spine = query(
                "SELECT 1 AS key, unnest(['-infinity', '2023-01-01', '2025-01-01', 'infinity'])::%s AS event_timestamp, unnest([1, 2, 3, 4]) AS row"
                        .formatted(type));

        assertThat(features(job(store(), spine, view)))
                .containsExactly(Value.Null.NULL, Value.Null.NULL, new Value.Int(2), Value.Null.NULL);
        assertThat(features(job(store(), rows(spine), view)))
                .as("the same as rows of Arrow")
                .containsExactly(Value.Null.NULL, Value.Null.NULL, new Value.Int(2), Value.Null.NULL);
    }

    /** Each told to the store in a way of its own: by the engine, and on the way into it. */
    @ParameterizedTest
    @ValueSource(strings = {"TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"})
    void rowsOfArrowAreJoinedAsThoseOfAQuery(String type) throws IOException {
        FeatureView view = view("""
                SELECT i %% 5 AS key, (TIMESTAMP '1969-12-20' + to_hours(CAST(i * 7 AS BIGINT)))::%s AS at, i::INTEGER AS f
                FROM range(100) AS r(i)
                """.formatted(type));
        Spine spine = query("""
                SELECT i %% 7 AS key,
                    if(i %% 11 = 0, NULL, (TIMESTAMP '1969-12-19' + to_hours(CAST(i * 3 AS BIGINT)))::%s) AS event_timestamp
                FROM range(5000) AS r(i)
                """.formatted(type));

        List<Value> expected = features(job(store(), spine, view));

        assertThat(expected).hasSize(5_000).contains(Value.Null.NULL, new Value.Int(0), new Value.Int(99));
        assertThat(features(job(store(), rows(spine), view))).isEqualTo(expected);
    }

    private Spine rows(Spine query) {
        RetrievalJob same = store().historicalFeatures(
                        new HistoricalRequest(query, List.of(), false, HistoricalRequest.Options.DEFAULT));
        return new Spine.Rows(same.schema(), TIME, () -> same.open(allocator));
    }

    @Test
    void timesAtTheEndsOfTheEnginesRangeDoNotOverflow() throws IOException {
        FeatureView view =
                view("SELECT 1 AS key, unnest([TIMESTAMP '290309-12-22 (BC) 00:00:00', TIMESTAMP '294247-01-10 04:00:54']) AS at, unnest([1, 2]) AS f")
                        .ttl(Duration.ofDays(400));
        Spine spine = query(
                "SELECT 1 AS key, unnest([TIMESTAMP '290309-12-23 (BC) 00:00:00', TIMESTAMP '2025-01-01', TIMESTAMP '294247-01-10 04:00:54']) AS event_timestamp");

        assertThat(features(job(store(), spine, view)))
                .containsExactly(new Value.Int(1), Value.Null.NULL, new Value.Int(2));
    }

    @Test
    void whatTheSourceLacksIsNamed() {
        FeatureView files = view("").source(
                        DataSource.Batch.files("no such folder/none.parquet").eventTime("at"));

        assertThatThrownBy(() -> job(store(), query("SELECT 1 AS key, now() AS event_timestamp"), files)
                        .open(allocator))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no such folder/none.parquet");
    }

    /**
     * Two formulations of the same rule, neither of which can be right by the other's mistake. One of them joins otherwise where few
     * entity rows share a key.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void bothStrategiesGiveTheSameRows(long seed) throws IOException {
        String random = "(hash(i * %d + %d) %% %d)";
        int keys = seed % 2 == 0 ? 20 : 1_000;
        String key = "nullif(%s, 3)".formatted(random.formatted(7, seed, keys));
        FeatureView view = view("""
                        SELECT %s::BIGINT AS key, TIMESTAMP '2025-01-01' + to_minutes(%s::BIGINT) AS "at",
                            CASE WHEN i %% 5 > 0 THEN TIMESTAMP '2025-01-01' + to_minutes(%s::BIGINT) END AS written,
                            hash(key, "at", written)::VARCHAR AS f
                        FROM range(5000) AS t(i)""".formatted(key, random.formatted(11, seed, 600), random.formatted(13, seed, 900)))
                .ttl(Duration.ofMinutes(seed % 3 * 10));
        DataSource.Batch source = view.batchSource().orElseThrow().createdTime("written");
        FeatureView tied = view.source(source).features(dev.manciple.model.Field.of("f", Scalar.STRING));
        Spine spine = query("""
                SELECT %s::BIGINT AS key, CASE WHEN i %% 17 > 0 THEN TIMESTAMP '2025-01-01' + to_minutes(%s::BIGINT) END AS event_timestamp
                FROM range(2000) AS t(i)""".formatted(random.formatted(17, seed, keys + 2), random.formatted(19, seed, 700)));

        List<Value> found = features(job(store(), spine, tied));

        assertThat(found).hasSize(2_000).isEqualTo(features(job(store(new RowNumber()), spine, tied)));
        assertThat(found).contains(Value.Null.NULL).anyMatch(Value.Text.class::isInstance);
    }

    private OfflineStore store() {
        OfflineStore store =
                new DuckDbOfflineStore(DuckDbConfig.defaults(), KitContext.withArrow("test", folder, allocator));
        stores.add(store);
        return store;
    }

    private OfflineStore store(PitStrategy strategy) {
        OfflineStore store = new DuckDbOfflineStore(
                DuckDbConfig.defaults(), KitContext.withArrow("test", folder, allocator), strategy);
        stores.add(store);
        return store;
    }

    private Spine entities(Path file) {
        return new Spine.Rows(
                files.describeFile(file.toString(), "", Map.of()),
                TIME,
                () -> files.readFile(file.toString(), "", Map.<String, ValueType>of(), allocator),
                Optional.of(file));
    }

    private static Spine query(String sql) {
        return new Spine.Query(sql, TIME);
    }

    private static FeatureView view(String sql) {
        DataSource.Batch source = new DataSource.Batch(
                "rows",
                "duckdb",
                new SourceLocation.Query(sql),
                new TimeColumns("at", Optional.empty(), Optional.empty()),
                Map.of(),
                About.NOTHING,
                Extras.NONE);
        return FeatureView.of("view")
                .source(source)
                .entities(List.of("key"))
                .entityColumns(List.of(dev.manciple.model.Field.of("key", Scalar.INT64)))
                .features(dev.manciple.model.Field.of("f", Scalar.INT32));
    }

    private static RetrievalJob job(OfflineStore store, Spine spine, FeatureView view) {
        ViewSlice slice = new ViewSlice(view, view.name(), view.features(), Map.of());
        return store.historicalFeatures(
                new HistoricalRequest(spine, List.of(slice), false, HistoricalRequest.Options.DEFAULT));
    }

    /** The last column. */
    private List<Value> features(RetrievalJob job) throws IOException {
        try (ArrowReader rows = job.open(allocator)) {
            return ArrowRows.read(rows).stream().map(List::getLast).toList();
        }
    }

    /** Three rows of small values, the second all null. */
    private static final class Filled extends ArrowReader {
        private final Schema schema;
        private boolean done;

        Filled(BufferAllocator allocator, Schema schema) {
            super(allocator);
            this.schema = schema;
        }

        @Override
        public boolean loadNextBatch() throws IOException {
            prepareLoadNextBatch();
            if (done) {
                return false;
            }
            done = true;
            VectorSchemaRoot root = getVectorSchemaRoot();
            root.getFieldVectors().forEach(Filled::fill);
            root.setRowCount(3);
            return true;
        }

        private static void fill(FieldVector vector) {
            vector.setInitialCapacity(3);
            vector.allocateNew();
            if (vector instanceof VariableWidthFieldVector bytes) {
                bytes.setSafe(0, "short".getBytes(StandardCharsets.UTF_8));
                bytes.setSafe(2, "longer than any inlined text".getBytes(StandardCharsets.UTF_8));
            } else if (vector instanceof BaseFixedWidthVector fixed) {
                ArrowBuf values = fixed.getDataBuffer();
                values.setZero(0, values.capacity());
                values.setByte(0, 1);
                values.setByte(2L * fixed.getTypeWidth(), 2);
                BitVectorHelper.setBit(fixed.getValidityBuffer(), 0);
                BitVectorHelper.setBit(fixed.getValidityBuffer(), 2);
            }
            vector.setValueCount(3);
        }

        @Override
        public long bytesRead() {
            return 0;
        }

        @Override
        protected void closeReadSource() {}

        @Override
        protected Schema readSchema() {
            return schema;
        }
    }
}
