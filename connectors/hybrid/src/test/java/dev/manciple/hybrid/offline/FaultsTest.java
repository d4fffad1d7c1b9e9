package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.DerivedReader;
import dev.manciple.duckdb.DuckDbConfig;
import dev.manciple.duckdb.LocalEngine;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.hybrid.offline.HybridOfflineConfig.CrossEngine;
import dev.manciple.hybrid.offline.HybridOfflineConfig.Transfer;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.spi.internal.Lease;
import dev.manciple.tck.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One child goes wrong in one way; the other is a healthy store of files. */
class FaultsTest {
    private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    private static final String KEY = "driver_id";
    private static final Field SCORE = Field.of("score", Scalar.INT64);
    private static final TimeColumns TIME = new TimeColumns("at", Optional.empty(), Optional.empty());
    private static final Duration LONG = Duration.ofMinutes(5);

    /** Above what any system gives. */
    private static final String NO_PROCESS = "999999999";

    private final BufferAllocator allocator = new RootAllocator();
    private final List<OfflineStore> opened = new ArrayList<>();

    @TempDir
    private Path folder;

    private LocalEngine engine = new LocalEngine(allocator);

    @BeforeEach
    void open() {
        engine = new LocalEngine(DuckDbConfig.defaults(), folder, allocator);
    }

    /** Closing the allocator fails if a batch is still held. */
    @AfterEach
    void leavesNothingBehind() throws IOException {
        opened.forEach(OfflineStore::close);
        engine.close();
        allocator.close();
        Path spill = folder.resolve("spill");
        if (Files.exists(spill)) {
            try (Stream<Path> left = Files.list(spill)) {
                assertThat(left).as("files left behind").isEmpty();
            }
        }
    }

    @Test
    void aChildThatGivesAnotherOrderIsRight() {
        RetrievalJob job = job(rows -> reversed(rows), LONG);
        assertThat(scores(job)).containsExactly(10L, 11L, 20L, 21L, 30L, 31L);
    }

    @Test
    void aChildThatLosesTheOrderOnTheWayIsRight() {
        OfflineStore shuffling = new Decorated(files()) {
            @Override
            ArrowReader given(ArrowReader reader, BufferAllocator batches) {
                List<List<Value>> rows = ArrowRows.read(reader);
                return ArrowRows.reader(batches, schema(reader), List.of(rows.get(0), rows.get(2), rows.get(1)), 1);
            }
        };
        assertThat(scores(job(shuffling, LONG, Optional.empty()))).containsExactly(10L, 11L, 20L, 21L, 30L, 31L);
    }

    @Test
    void aChildThatGivesTooFewRowsIsNamed() {
        assertFails(job(rows -> rows.subList(0, rows.size() - 1), LONG))
                .hasMessageContaining("was sent 3 entity rows and did not give each back once: it gave 2 rows");
    }

    @Test
    void aChildThatGivesOneRowTwiceAndAnotherNeverIsNamed() {
        assertFails(job(rows -> List.of(rows.get(0), rows.get(0), rows.get(2)), LONG))
                .hasMessageContaining("did not give each back once");
    }

    @Test
    void aChildThatGivesAnotherTypeIsNamed() {
        OfflineStore wrong = new Decorated(files()) {
            @Override
            ArrowReader given(ArrowReader reader, BufferAllocator batches) {
                List<org.apache.arrow.vector.types.pojo.Field> fields =
                        new ArrayList<>(schema(reader).getFields());
                String last = fields.removeLast().getName();
                fields.add(ArrowTypes.arrow(last, Scalar.STRING));
                List<List<Value>> rows = ArrowRows.read(reader).stream()
                        .map(row -> {
                            List<Value> changed = new ArrayList<>(row.subList(0, row.size() - 1));
                            changed.add(new Value.Text("ten"));
                            return List.copyOf(changed);
                        })
                        .toList();
                return ArrowRows.reader(batches, new Schema(fields), rows, 10);
            }
        };
        assertFails(job(wrong, LONG, Optional.empty())).hasMessageContaining("it announced the columns");
    }

    @Test
    void aChildThatNeverEndsMeetsItsDeadline() {
        assertFails(job(endless(), Duration.ofSeconds(1), Optional.empty()))
                .hasMessageContaining("no answer within 1s (child_deadline)");
    }

    @Test
    void aChildThatAnswersAloneMeetsItsDeadlineToo() {
        HybridOfflineStore router = router(endless(), Duration.ofSeconds(1), Optional.empty());
        assertFails(router.historicalFeatures(request("barn")))
                .hasMessageContaining("no answer within 1s (child_deadline)");
    }

    @Test
    void theBatchesOfAChildThatAnswersAloneMeetItsDeadlineToo() {
        OfflineStore stuck = new Decorated(files()) {
            @Override
            ArrowReader given(ArrowReader reader, BufferAllocator batches) {
                return endingAfterOneRow(reader, batches, FaultsTest::stuck);
            }
        };
        HybridOfflineStore router = router(stuck, Duration.ofSeconds(1), Optional.empty());
        assertFails(router.historicalFeatures(request("barn")))
                .hasMessageContaining("no answer within 1s (child_deadline)");
    }

    /** The first row in a batch of its own, then a failure. */
    private static ArrowReader endingAfterOneRow(
            ArrowReader reader, BufferAllocator batches, Supplier<RuntimeException> failure) {
        return new DerivedReader(ArrowRows.reader(batches, schema(reader), ArrowRows.read(reader), 1), batches) {
            @Override
            public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
                return from().getVectorSchemaRoot();
            }

            @Override
            public boolean loadNextBatch() throws IOException {
                if (from().getVectorSchemaRoot().getRowCount() > 0) {
                    throw failure.get();
                }
                return from().loadNextBatch();
            }

            @Override
            protected Schema readSchema() throws IOException {
                return from().getVectorSchemaRoot().getSchema();
            }
        };
    }

    private OfflineStore endless() {
        return new Decorated(files()) {
            @Override
            ArrowReader given(ArrowReader reader, BufferAllocator batches) {
                throw stuck();
            }
        };
    }

    /** Waits until it is interrupted; gives what is thrown then. */
    private static IllegalStateException stuck() {
        try {
            new CountDownLatch(1).await();
            throw new AssertionError("Nobody counts down");
        } catch (InterruptedException e) {
            return new IllegalStateException("told to stop", e);
        }
    }

    @Test
    void aChildThatFailsIsNamedAndTheOtherStaysWell() {
        OfflineStore broken = new Decorated(files()) {
            @Override
            ArrowReader given(ArrowReader reader, BufferAllocator batches) {
                throw new IllegalStateException("the disk is on fire");
            }
        };
        HybridOfflineStore router = router(broken, LONG, Optional.empty());
        assertFails(router.historicalFeatures(request())).hasMessageContaining("the disk is on fire");

        RetrievalJob healthy = router.historicalFeatures(request("lake"));
        assertThat(scores(healthy)).containsExactly(10L, 20L, 30L);
    }

    @Test
    void theFirstFailureStopsTheOtherChildren() throws InterruptedException {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        OfflineStore slow = new Decorated(files()) {
            @Override
            ArrowReader given(ArrowReader reader, BufferAllocator batches) {
                waiting.countDown();
                IllegalStateException told = stuck();
                stopped.countDown();
                throw told;
            }
        };
        OfflineStore broken = new Decorated(files()) {
            @Override
            ArrowReader given(ArrowReader reader, BufferAllocator batches) {
                try {
                    waiting.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("stopped first", e);
                }
                throw new IllegalStateException("the disk is on fire");
            }
        };
        HybridOfflineStore router = router(slow, broken, LONG, Optional.empty(), Transfer.PUSH);
        assertFails(router.historicalFeatures(request())).hasMessageContaining("the disk is on fire");
        assertThat(stopped.await(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void aPullThatBreaksOffIsNamedAndLeavesNoFile() throws IOException {
        OfflineStore broken = new Decorated(files()) {
            @Override
            ArrowReader given(ArrowReader reader, BufferAllocator batches) {
                throw new AssertionError("Everything is pulled");
            }

            @Override
            public RetrievalJob pullAll(PullRequest request) {
                return changed(
                        super.pullAll(request),
                        (reader, batches) -> endingAfterOneRow(
                                reader, batches, () -> new IllegalStateException("the disk is on fire")));
            }
        };
        HybridOfflineStore router = router(broken, LONG, Optional.empty(), Transfer.PULL);
        assertFails(router.historicalFeatures(request())).hasMessageContaining("the disk is on fire");
        try (Stream<Path> left = Files.walk(folder.resolve("spill"))) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void aTransferPastItsLimitIsRefused() {
        assertThatThrownBy(() -> scores(job(files(), LONG, Optional.of(50L))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("max_transfer_bytes allows 50");
    }

    @Test
    void namesAreNotRead() {
        String evil = "a\"; DROP TABLE x; --'";
        Field key = Field.of(evil + " key", Scalar.INT64);
        Field feature = Field.of(evil + " feature", Scalar.INT64);
        Table rows = Table.of(
                List.of(key, Field.of(evil + " at", Scalar.UNIX_TIMESTAMP), feature),
                List.of(List.of(new Value.Int(1), new Value.Time(NOON), new Value.Int(10))));
        TimeColumns time = new TimeColumns(evil + " at", Optional.empty(), Optional.empty());
        List<ViewSlice> slices = new ArrayList<>();
        for (String home : List.of("lake", "barn")) {
            FeatureView view = FeatureView.of("x " + evil + home)
                    .source(load(home, rows, time))
                    .entities(List.of(key.name()))
                    .entityColumns(List.of(key))
                    .features(feature);
            slices.add(new ViewSlice(view, view.name(), List.of(feature), Map.of()));
        }
        Table spine = Table.of(
                List.of(key, Field.of(evil + " t", Scalar.UNIX_TIMESTAMP)),
                List.of(List.of(new Value.Int(1), new Value.Time(NOON))));
        for (Transfer transfer : List.of(Transfer.PUSH, Transfer.PULL)) {
            RetrievalJob job = router(files(), LONG, Optional.empty(), transfer)
                    .historicalFeatures(new HistoricalRequest(
                            spine.spine(evil + " t", allocator), slices, true, HistoricalRequest.Options.DEFAULT));
            assertThat(scores(job)).containsExactly(10L, 10L);
        }
    }

    @Test
    void whatAProcessLeftBehindIsSweptByTheNext() throws IOException {
        Path spill = Files.createDirectories(folder.resolve("spill"));
        String ours = Lease.newName();
        String dead = ours.replaceFirst("-\\d+-", "-" + NO_PROCESS + "-");
        Path left = Files.createDirectory(spill.resolve("manciple-hybrid-" + dead));
        Files.writeString(left.resolve("pulled.parquet"), "rows");
        Path alive = Files.createDirectory(spill.resolve("manciple-hybrid-" + ours));
        Path others = Files.createFile(folder.resolve("spill").resolve("somebody-elses.txt"));

        assertThat(scores(job(files(), LONG, Optional.empty()))).hasSize(6);

        assertThat(left).doesNotExist();
        assertThat(alive).exists();
        assertThat(others).exists();
        Files.delete(alive);
        Files.delete(others);
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertFails(RetrievalJob job) {
        return assertThatThrownBy(() -> scores(job))
                .isInstanceOf(StoreException.class)
                .isInstanceOf(FeatureStoreException.class)
                .hasMessageContaining("offline store 'barn'");
    }

    private RetrievalJob job(Function<List<List<Value>>, List<List<Value>>> change, Duration deadline) {
        OfflineStore changed = new Decorated(files()) {
            @Override
            ArrowReader given(ArrowReader reader, BufferAllocator batches) {
                return ArrowRows.reader(batches, schema(reader), change.apply(ArrowRows.read(reader)), 10);
            }
        };
        return job(changed, deadline, Optional.empty());
    }

    private RetrievalJob job(OfflineStore barn, Duration deadline, Optional<Long> limit) {
        return router(barn, deadline, limit).historicalFeatures(request());
    }

    private HistoricalRequest request() {
        return request("lake", "barn");
    }

    private HistoricalRequest request(String... homes) {
        return new HistoricalRequest(
                spine().spine("t", allocator),
                Stream.of(homes).map(this::slice).toList(),
                true,
                HistoricalRequest.Options.DEFAULT);
    }

    private static Table spine() {
        return Table.of(
                List.of(Field.of(KEY, Scalar.INT64), Field.of("t", Scalar.UNIX_TIMESTAMP)),
                Stream.of(1, 2, 3)
                        .map(driver -> List.<Value>of(new Value.Int(driver), new Value.Time(NOON)))
                        .toList());
    }

    private ViewSlice slice(String home) {
        Table rows = Table.of(
                List.of(Field.of(KEY, Scalar.INT64), Field.of("at", Scalar.UNIX_TIMESTAMP), SCORE),
                Stream.of(1, 2, 3)
                        .map(driver -> List.<Value>of(
                                new Value.Int(driver),
                                new Value.Time(NOON),
                                new Value.Int(driver * 10 + (home.equals("barn") ? 1 : 0))))
                        .toList());
        FeatureView view = FeatureView.of(home)
                .source(load(home, rows, TIME))
                .entities(List.of(KEY))
                .entityColumns(List.of(Field.of(KEY, Scalar.INT64)))
                .features(SCORE);
        return new ViewSlice(view, home, List.of(SCORE), Map.of());
    }

    private DataSource.Batch load(String home, Table rows, TimeColumns time) {
        try (ArrowReader reader = rows.reader(allocator)) {
            engine.writeFile(reader, folder.resolve(home + ".parquet"), "parquet", true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return DataSource.Batch.files(home + ".parquet")
                .time(time)
                .about(About.NOTHING.tags(Map.of(Route.STORE_TAG, home)));
    }

    private OfflineStore files() {
        return Contexts.of(folder, allocator).offlineStore(new StoreConfig("duckdb", Map.of()));
    }

    private HybridOfflineStore router(OfflineStore barn, Duration deadline, Optional<Long> limit) {
        return router(barn, deadline, limit, Transfer.PUSH);
    }

    private HybridOfflineStore router(OfflineStore barn, Duration deadline, Optional<Long> limit, Transfer transfer) {
        return router(files(), barn, deadline, limit, transfer);
    }

    private HybridOfflineStore router(
            OfflineStore lake, OfflineStore barn, Duration deadline, Optional<Long> limit, Transfer transfer) {
        StoreContext context = Contexts.of(folder, allocator);
        HybridOfflineConfig config = new HybridOfflineConfig(
                List.of(
                        new StoreConfig("duckdb", Map.of("name", "lake")),
                        new StoreConfig("duckdb", Map.of("name", "barn"))),
                Optional.empty(),
                CrossEngine.ALLOW,
                Optional.empty(),
                transfer,
                limit,
                deadline,
                "25%",
                Optional.of(folder.resolve("spill")));
        Deadline each = new Deadline(context.executor(), deadline);
        HybridOfflineStore router = new HybridOfflineStore(
                config,
                List.of(
                        new ChildStore("lake", "duckdb", Set.of("lake"), lake, each),
                        new ChildStore("barn", "duckdb", Set.of("barn"), barn, each)),
                context,
                true);
        opened.add(router);
        return router;
    }

    /** The numbers after the entity columns, row by row. */
    private List<Long> scores(RetrievalJob job) {
        List<Long> scores = new ArrayList<>();
        try (ArrowReader reader = job.open(allocator)) {
            for (List<Value> row : ArrowRows.read(reader)) {
                row.stream()
                        .skip(2)
                        .filter(Value.Int.class::isInstance)
                        .map(Value.Int.class::cast)
                        .forEach(value -> scores.add(value.value()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return scores;
    }

    private static List<List<Value>> reversed(List<List<Value>> rows) {
        List<List<Value>> reversed = new ArrayList<>(rows);
        Collections.reverse(reversed);
        return reversed;
    }

    private static Schema schema(ArrowReader reader) {
        try {
            return reader.getVectorSchemaRoot().getSchema();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
