package dev.manciple.materialize;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static dev.manciple.fixture.Definitions.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.fixture.Definitions;
import dev.manciple.fixture.GeneratedHistory;
import dev.manciple.fixture.MemoryOnlineStore;
import dev.manciple.fixture.MemoryRegistry;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Preserved;
import dev.manciple.spi.Interval;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MaterializerTest {
    private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");
    private static final Instant START = Instant.parse("2025-02-01T00:00:00Z");
    private static final Instant END = Instant.parse("2025-02-28T00:00:00Z");

    private final BufferAllocator allocator = new RootAllocator();
    private final MemoryOnlineStore store = new MemoryOnlineStore();
    private final GeneratedHistory history = new GeneratedHistory(1_000, 64);
    private final MemoryRegistry registry = registry(DRIVER_STATS, ORDERS);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void everyRowOfTheWindowIsCopiedAndTheWindowRecorded() {
        MaterializeReport report = materializer(store).materialize(START, END, List.of(), MaterializeListener.NONE);
        assertThat(report.failedViews()).isEmpty();
        assertThat(report.rowsByView()).containsExactly(Map.entry("driver_stats", 1_000L), Map.entry("orders", 1_000L));
        assertThat(store.scan(DRIVER_STATS))
                .hasSize(1_000)
                .allSatisfy(row -> assertThat(row.eventTime()).isEqualTo(END));
        assertThat(registry.windows("driver_stats")).containsExactly(new Interval(START, END));
        assertThat(registry.windows("orders")).containsExactly(new Interval(START, END));
        assertThat(history.requests()).extracting(PullRequest::start).containsOnly(START);
    }

    @Test
    void onlyNamedViewsAreCopied() {
        MaterializeReport report =
                materializer(store).materialize(START, END, List.of("orders"), MaterializeListener.NONE);
        assertThat(report.rowsByView()).containsOnlyKeys("orders");
        assertThat(registry.windows("driver_stats")).isEmpty();
    }

    @Test
    void aRunMayBeRepeated() {
        Materializer materializer = materializer(store);
        materializer.materialize(START, END, List.of(), MaterializeListener.NONE);
        List<OnlineRow> once = store.scan(DRIVER_STATS).toList();
        materializer.materialize(START, END, List.of(), MaterializeListener.NONE);
        assertThat(store.scan(DRIVER_STATS).toList()).containsExactlyInAnyOrderElementsOf(once);
    }

    @Test
    void anIncrementalRunStartsWhereTheLastEnded() {
        Materializer materializer = materializer(store);
        materializer.materialize(START, END, List.of("driver_stats"), MaterializeListener.NONE);
        materializer.materialize(START, START.plusSeconds(9), List.of("driver_stats"), MaterializeListener.NONE);
        materializer.materializeIncremental(NOW, List.of("driver_stats"), MaterializeListener.NONE);
        assertThat(registry.windows("driver_stats")).last().isEqualTo(new Interval(END, NOW));
    }

    @Test
    void theFirstIncrementalRunReachesBackByTheTtlElseAYear() {
        Instant end = NOW.minusSeconds(5);
        materializer(store).materializeIncremental(end, List.of(), MaterializeListener.NONE);
        assertThat(registry.windows("driver_stats")).containsExactly(new Interval(NOW.minus(Duration.ofDays(1)), end));
        assertThat(registry.windows("orders")).containsExactly(new Interval(NOW.minus(Duration.ofDays(364)), end));
    }

    @Test
    void aWindowThatEndsBeforeItStartsIsNotRecorded() {
        Materializer materializer = materializer(store);
        assertThatThrownBy(() -> materializer.materialize(END, START, List.of(), MaterializeListener.NONE))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("greater than the given end date");
        materializer.materialize(START, END, List.of("driver_stats"), MaterializeListener.NONE);
        MaterializeReport report =
                materializer.materializeIncremental(END.minusSeconds(1), List.of(), MaterializeListener.NONE);
        assertThat(report.failedViews()).isEmpty();
        assertThat(report.passedOver()).containsOnlyKeys("driver_stats");
        assertThat(report.passedOver().get("driver_stats")).contains("is materialized up to " + END);
        assertThat(report.rowsByView()).isEqualTo(Map.of("orders", 1_000L));
        assertThat(registry.windows("driver_stats")).containsExactly(new Interval(START, END));
    }

    @Test
    void viewsThatCannotBeMaterializedAreRefusedByName() {
        FeatureView pushed =
                ORDERS.source(new DataSource.Push("orders_push", Optional.empty(), About.NOTHING, Extras.NONE));
        Preserved labels = new Preserved(Definition.Kind.LABEL_VIEW, "labels", ByteBuffer.allocate(0));
        MemoryRegistry odd = registry(DRIVER_STATS.enabled(false), Definitions.WEATHER.online(false), pushed, labels);
        Materializer materializer = materializer(odd, store);
        assertRefused(materializer, "driver_stats", InvalidRequestException.class, "is disabled");
        assertRefused(materializer, "weather", InvalidRequestException.class, "not configured to be served online");
        assertRefused(materializer, "orders", InvalidRequestException.class, "has no batch source");
        assertRefused(materializer, "labels", UnsupportedException.class, "label view");
        assertRefused(materializer, "nobody", NotFoundException.class, "does not exist");
        assertThat(materializer
                        .materialize(START, END, List.of(), MaterializeListener.NONE)
                        .rowsByView())
                .isEmpty();
    }

    @Test
    void viewsThatOnlyFeastDefinesAreMaterializedWhereTheyHaveAHistory() {
        FeatureView computed = FeatureView.of("computed").withoutSource().features(DRIVER_STATS.features());
        MemoryRegistry foreign = registry(
                foreign(Definition.Kind.STREAM_FEATURE_VIEW, DRIVER_STATS),
                foreign(Definition.Kind.FEATURE_VIEW, computed));
        Materializer materializer = materializer(foreign, store);
        assertThat(materializer
                        .materialize(START, END, List.of(), MaterializeListener.NONE)
                        .rowsByView())
                .containsOnlyKeys("driver_stats");
        assertThat(store.scan(DRIVER_STATS)).hasSize(1_000);
        assertThat(foreign.windows("driver_stats")).containsExactly(new Interval(START, END));
        assertRefused(materializer, "computed", InvalidRequestException.class, "Materialize it with Feast");
    }

    private static Preserved foreign(Definition.Kind kind, FeatureView view) {
        return new Preserved(kind, view.name(), ByteBuffer.allocate(0), Optional.of(view));
    }

    @Test
    void aFailedViewIsReportedAndTheOthersGoOn() {
        MemoryOnlineStore failing = new MemoryOnlineStore() {
            @Override
            public void write(FeatureView view, List<OnlineRow> rows) {
                if (view.name().equals("driver_stats") && rows(view) >= 200) {
                    throw outOfReach();
                }
                super.write(view, rows);
            }

            private long rows(FeatureView view) {
                return scan(view).count();
            }
        };
        MaterializeReport report = materializer(failing).materialize(START, END, List.of(), MaterializeListener.NONE);
        assertThat(report.failedViews()).containsOnlyKeys("driver_stats");
        assertThat(report.failedViews().get("driver_stats")).hasMessageContaining("connection refused");
        assertThat(report.rowsByView()).containsEntry("orders", 1_000L);
        assertThat(report.rowsByView().get("driver_stats"))
                .isEqualTo(failing.scan(DRIVER_STATS).count())
                .isLessThan(1_000L);
        assertThat(registry.windows("driver_stats")).isEmpty();
        assertThat(registry.windows("orders")).hasSize(1);
        assertThat(history.produced()).as("the reader stops with the writers").isLessThan(2_000L);
    }

    @Test
    void aRunAfterAFailureEndsInTheSameContent() {
        AtomicLong writesLeft = new AtomicLong(3);
        MemoryOnlineStore shaky = new MemoryOnlineStore() {
            @Override
            public void write(FeatureView view, List<OnlineRow> rows) {
                if (writesLeft.getAndDecrement() == 0) {
                    throw outOfReach();
                }
                super.write(view, rows);
            }
        };
        Materializer first = materializer(shaky);
        assertThat(first.materialize(START, END, List.of("orders"), MaterializeListener.NONE)
                        .failedViews())
                .containsOnlyKeys("orders");
        assertThat(first.materialize(START, END, List.of("orders"), MaterializeListener.NONE)
                        .failedViews())
                .isEmpty();
        materializer(store).materialize(START, END, List.of("orders"), MaterializeListener.NONE);
        assertThat(shaky.scan(ORDERS))
                .containsExactlyInAnyOrderElementsOf(store.scan(ORDERS).toList());
    }

    @Test
    void memoryHoldsNoMoreThanTheBatchesInFlight() {
        GeneratedHistory large = new GeneratedHistory(100_000, 100);
        AtomicLong done = new AtomicLong();
        AtomicLong mostHeld = new AtomicLong();
        MemoryOnlineStore counting = new MemoryOnlineStore() {
            @Override
            public void write(FeatureView view, List<OnlineRow> rows) {
                long held = large.produced() - done.get();
                mostHeld.accumulateAndGet(held, Math::max);
                super.write(view, rows);
                done.addAndGet(rows.size());
            }
        };
        new Materializer(
                        registry,
                        "drivers",
                        large,
                        counting,
                        allocator,
                        InstantSource.fixed(NOW),
                        new MaterializeLimits(100, 2, 1))
                .materialize(START, END, List.of("driver_stats"), MaterializeListener.NONE);
        assertThat(done).hasValue(100_000);
        assertThat(mostHeld.get()).isLessThanOrEqualTo(300);
    }

    @Test
    void readingGoesOnWhileAWriteIsSlow() {
        CountDownLatch secondBatchIsWritten = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        MemoryOnlineStore slow = new MemoryOnlineStore() {
            @Override
            public void write(FeatureView view, List<OnlineRow> rows) {
                if (first.getAndSet(false)) {
                    await(secondBatchIsWritten);
                } else {
                    secondBatchIsWritten.countDown();
                }
                super.write(view, rows);
            }
        };
        MaterializeReport report =
                materializer(slow).materialize(START, END, List.of("orders"), MaterializeListener.NONE);
        assertThat(report.rowsByView()).containsEntry("orders", 1_000L);
    }

    @Test
    void nothingIsRecordedBeforeTheLastRowIsAcknowledged() {
        Queue<Integer> recordedAtWrite = new ConcurrentLinkedQueue<>();
        MemoryOnlineStore watching = new MemoryOnlineStore() {
            @Override
            public void write(FeatureView view, List<OnlineRow> rows) {
                super.write(view, rows);
                recordedAtWrite.add(registry.windows(view.name()).size());
            }
        };
        materializer(watching).materialize(START, END, List.of("orders"), MaterializeListener.NONE);
        assertThat(recordedAtWrite).hasSizeGreaterThan(1).containsOnly(0);
        assertThat(registry.windows("orders")).hasSize(1);
    }

    @Test
    void anInterruptStopsTheRunAndRecordsNothing() throws InterruptedException {
        CountDownLatch writing = new CountDownLatch(1);
        MemoryOnlineStore stuck = new MemoryOnlineStore() {
            @Override
            public void write(FeatureView view, List<OnlineRow> rows) {
                writing.countDown();
                await(new CountDownLatch(1));
            }
        };
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread run = Thread.ofPlatform().start(() -> {
            try {
                materializer(stuck).materialize(START, END, List.of(), MaterializeListener.NONE);
            } catch (StoreException e) {
                thrown.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
            }
        });
        writing.await();
        run.interrupt();
        run.join();
        assertThat(thrown.get()).isInstanceOf(StoreException.class);
        assertThat(interrupted).isTrue();
        assertThat(registry.windows("driver_stats")).isEmpty();
        assertThat(registry.windows("orders")).isEmpty();
    }

    @Test
    void anotherWriterOfTheRegistryOnlyCausesARetry() {
        RacingRegistry racing = new RacingRegistry(registry);
        MaterializeReport report =
                materializer(racing, store).materialize(START, END, List.of("orders"), MaterializeListener.NONE);
        assertThat(report.failedViews()).isEmpty();
        assertThat(registry.windows("orders")).containsExactly(new Interval(START, END));
        assertThat(registry.windows("driver_stats")).containsExactly(RacingRegistry.OTHER);
    }

    @Test
    void theListenerHearsOfEveryRow() {
        Map<String, Long> written = new ConcurrentHashMap<>();
        Map<String, Long> finished = new ConcurrentHashMap<>();
        Map<String, Interval> started = new ConcurrentHashMap<>();
        materializer(store).materialize(START, END, List.of(), new MaterializeListener() {
            @Override
            public void started(String view, Interval window) {
                started.put(view, window);
            }

            @Override
            public void written(String view, long rows) {
                written.merge(view, rows, Long::sum);
            }

            @Override
            public void finished(String view, long rows) {
                finished.put(view, rows);
            }
        });
        assertThat(started).containsOnlyKeys("driver_stats", "orders").containsValue(new Interval(START, END));
        assertThat(written).isEqualTo(finished).isEqualTo(Map.of("driver_stats", 1_000L, "orders", 1_000L));
    }

    @Test
    void manyViewsShareTheRun() {
        List<FeatureView> views = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> views.add(renamed("view_" + i)));
        MemoryRegistry many = registry(views.toArray(Definition[]::new));
        MaterializeReport report =
                materializer(many, store).materialize(START, END, List.of(), MaterializeListener.NONE);
        assertThat(report.rowsByView()).hasSize(20).containsEntry("view_19", 1_000L);
        views.forEach(view -> assertThat(many.windows(view.name())).hasSize(1));
    }

    private static void assertRefused(
            Materializer materializer, String view, Class<? extends Exception> kind, String words) {
        assertThatThrownBy(() -> materializer.materialize(START, END, List.of(view), MaterializeListener.NONE))
                .isInstanceOf(kind)
                .hasMessageContaining(view)
                .hasMessageContaining(words);
    }

    private static FeatureView renamed(String name) {
        return FeatureView.of(name)
                .source(DRIVER_STATS.source().orElseThrow())
                .entities(DRIVER_STATS.entities())
                .entityColumns(DRIVER_STATS.entityColumns())
                .features(DRIVER_STATS.features());
    }

    private Materializer materializer(OnlineStore online) {
        return materializer(registry, online);
    }

    private Materializer materializer(Registry into, OnlineStore online) {
        return new Materializer(
                into, "drivers", history, online, allocator, InstantSource.fixed(NOW), new MaterializeLimits(50, 2, 2));
    }

    private static MemoryRegistry registry(Definition... definitions) {
        return new MemoryRegistry(Definitions.snapshot(definitions));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MemoryOnlineStore.outOfReach();
        }
    }

    /** Lets another process win the first commit. */
    private static final class RacingRegistry implements Registry {
        private static final Interval OTHER = new Interval(START.minusSeconds(60), START);

        private final MemoryRegistry registry;
        private final AtomicBoolean first = new AtomicBoolean(true);

        RacingRegistry(MemoryRegistry registry) {
            this.registry = registry;
        }

        @Override
        public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
            return registry.load(project, known);
        }

        @Override
        public Set<String> projects() {
            return registry.projects();
        }

        @Override
        public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
            if (first.getAndSet(false)) {
                registry.commit(base, List.of(new RegistryChange.Materialized("driver_stats", OTHER)));
            }
            return registry.commit(base, changes);
        }

        @Override
        public void teardown(String project) {
            registry.teardown(project);
        }

        @Override
        public void close() {
            registry.close();
        }
    }
}
