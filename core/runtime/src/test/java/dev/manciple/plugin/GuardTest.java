package dev.manciple.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.StoreObserver;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.ConflictException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.error.UnsupportedException;
import dev.manciple.fixture.MemoryOnlineStore;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/** Stores of somebody's that fail in their own ways. */
class GuardTest {
    private static final FeatureView VIEW = FeatureView.of("stats")
            .source(DataSource.Batch.files("stats.parquet").eventTime("ts"))
            .features(Field.of("x", ValueType.Scalar.INT64));
    private static final PullRequest PULL = new PullRequest(
            DataSource.Batch.files("stats.parquet"), List.of(), VIEW.features(), Instant.EPOCH, Instant.MAX);

    @Test
    void whatIsAskedWronglyIsNoFailureOfTheOnlineStore() {
        List<StoreObserver.ReadEnd> told = new ArrayList<>();
        StoreObservers observers = new StoreObservers();
        observers.add(new StoreObserver() {
            @Override
            public void onlineRead(String store, long nanos, StoreObserver.ReadEnd end) {
                told.add(end);
            }

            @Override
            public void transformed(String view, String mode, long nanos) {}
        });
        Iterator<FeatureStoreException> failures = List.<FeatureStoreException>of(
                        new InvalidRequestException("a key that is none"),
                        new StoreException("broken", "read", true, Outcome.NOT_APPLIED, new IOException()),
                        new StoreException("broken", "read", true, Outcome.NOT_APPLIED, new IOException()))
                .iterator();
        OnlineStore store = Guards.onlineStore(
                new MemoryOnlineStore() {
                    @Override
                    public List<OnlineResult> read(List<OnlineRead> reads) {
                        throw failures.next();
                    }
                },
                "broken",
                observers);

        assertThatThrownBy(() -> store.read(List.of())).isInstanceOf(InvalidRequestException.class);
        assertThat(told).isEmpty();
        assertThatThrownBy(() -> store.read(List.of())).isInstanceOf(StoreException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> store.read(List.of())).isInstanceOf(StoreException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(told).containsExactly(StoreObserver.ReadEnd.FAILED, StoreObserver.ReadEnd.GIVEN_UP);
    }

    @Test
    void namesTheOfflineStoreAndWhatItWasAsked() {
        OfflineStore store = Guards.offlineStore(new BrokenOfflineStore(), "offline store 'broken'");
        assertThatThrownBy(() -> store.describe(PULL.source()))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "offline store 'broken' failed while trying to describe data source 'stats.parquet': no driver")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void passesOnWhatIsManciplesOwn() {
        OfflineStore store = Guards.offlineStore(new BrokenOfflineStore(), "broken");
        assertThatThrownBy(() -> store.pullAll(PULL)).isInstanceOf(UnsupportedException.class);
    }

    @Test
    void wrapsTheFailureOfALaterBatchAndLeaksNothing() throws IOException {
        OfflineStore store = Guards.offlineStore(new BrokenOfflineStore(), "offline store 'broken'");
        try (BufferAllocator allocator = new RootAllocator()) {
            RetrievalJob job = store.pullLatest(PULL);
            try (ArrowReader reader = job.open(allocator)) {
                assertThat(reader.loadNextBatch()).isTrue();
                assertThat(((BigIntVector) reader.getVectorSchemaRoot().getVector("x")).get(0))
                        .isEqualTo(7);
                assertThatThrownBy(reader::loadNextBatch)
                        .isInstanceOf(StoreException.class)
                        .hasMessage(
                                "offline store 'broken' failed while trying to read the latest rows of data source 'stats.parquet': connection reset");
            }
            assertThat(allocator.getAllocatedMemory()).isZero();
        }
    }

    @Test
    void wrapsTheFailureOfAJob() {
        OfflineStore store = Guards.offlineStore(new BrokenOfflineStore(), "broken");
        assertThatThrownBy(() -> store.pullLatest(PULL).explain()).isInstanceOf(StoreException.class);
    }

    @Test
    void doesNotKnowWhatBecameOfAWrite() {
        OnlineStore store = Guards.onlineStore(new BrokenOnlineStore(), "online store 'broken'");
        assertThatThrownBy(() -> store.write(VIEW, List.of(row())))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.MAYBE))
                .hasMessageContaining("write 1 row of feature view 'stats'");
        assertThatThrownBy(() -> store.read(List.of()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));
    }

    @Test
    void wrapsTheFailureOfAScanAndClosesIt() {
        BrokenOnlineStore broken = new BrokenOnlineStore();
        OnlineStore store = Guards.onlineStore(broken, "online store 'broken'");
        try (Stream<OnlineRow> rows = store.scan(VIEW)) {
            assertThatThrownBy(() -> rows.forEach(row -> assertThat(row).isEqualTo(row())))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("read all rows of feature view 'stats'");
        }
        assertThat(broken.scansOpen).isZero();
    }

    @Test
    void guardsTheRegistry() {
        Registry registry = Guards.registry(new BrokenRegistry(), "registry 'broken'");
        assertThatThrownBy(() -> registry.load("shop", Optional.empty()))
                .isInstanceOf(StoreException.class)
                .hasMessage("registry 'broken' failed while trying to load project 'shop': NullPointerException");
        assertThatThrownBy(() -> registry.commit(RegistrySnapshot.empty("shop"), List.of()))
                .isInstanceOf(ConflictException.class);
    }

    private static OnlineRow row() {
        return new OnlineRow(
                new EntityKey(List.of("id"), List.of(new Value.Int(1))),
                List.of(new Value.Int(7)),
                Instant.EPOCH,
                Optional.empty());
    }

    private static final class BrokenOfflineStore implements OfflineStore {
        @Override
        public Set<OfflineCapability> capabilities() {
            return Set.of();
        }

        @Override
        public RetrievalJob historicalFeatures(HistoricalRequest request) {
            throw new IllegalStateException("no driver");
        }

        @Override
        public RetrievalJob pullLatest(PullRequest request) {
            return new BrokenJob();
        }

        @Override
        public RetrievalJob pullAll(PullRequest request) {
            throw new UnsupportedException("PULL", "pulling");
        }

        @Override
        public Schema describe(DataSource.Batch source) {
            throw new IllegalStateException("no driver");
        }

        @Override
        public void close() {}
    }

    /** One good batch, then none. */
    private static final class BrokenJob implements RetrievalJob {
        @Override
        public Schema schema() {
            return new Schema(VIEW.features().stream().map(ArrowTypes::field).toList());
        }

        @Override
        public Explanation explain() {
            return new Explanation("", plan(), Optional.empty(), OptionalLong.empty(), List.of());
        }

        private static String plan() {
            throw new IllegalStateException("no plan");
        }

        @Override
        public ArrowReader open(BufferAllocator allocator) {
            return new ArrowReader(allocator) {
                private boolean loaded;

                @Override
                public boolean loadNextBatch() throws IOException {
                    if (loaded) {
                        throw new IOException("connection reset");
                    }
                    loaded = true;
                    BigIntVector vector = (BigIntVector) getVectorSchemaRoot().getVector("x");
                    vector.setSafe(0, 7);
                    getVectorSchemaRoot().setRowCount(1);
                    return true;
                }

                @Override
                public long bytesRead() {
                    return 0;
                }

                @Override
                protected void closeReadSource() {}

                @Override
                protected Schema readSchema() {
                    return schema();
                }
            };
        }
    }

    private static final class BrokenOnlineStore implements OnlineStore {
        private int scansOpen;

        @Override
        public Set<OnlineCapability> capabilities() {
            return Set.of();
        }

        @Override
        public List<OnlineResult> read(List<OnlineRead> reads) {
            throw new IllegalStateException("gone");
        }

        @Override
        public void write(FeatureView view, List<OnlineRow> rows) {
            throw new IllegalStateException("gone");
        }

        @Override
        public List<InfraChange> plan(ViewChanges changes) {
            return List.of();
        }

        @Override
        public void update(ViewChanges changes) {}

        @Override
        public void teardown(List<FeatureView> views) {}

        @Override
        public Stream<OnlineRow> scan(FeatureView view) {
            scansOpen++;
            return Stream.of(1, 2)
                    .map(i -> i == 1 ? row() : BrokenOnlineStore.lost())
                    .onClose(() -> scansOpen--);
        }

        private static OnlineRow lost() {
            throw new IllegalStateException("cursor lost");
        }

        @Override
        public void close() {}
    }

    private static final class BrokenRegistry implements Registry {
        @Override
        public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
            throw new NullPointerException();
        }

        @Override
        public Set<String> projects() {
            return Set.of();
        }

        @Override
        public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
            throw new ConflictException("moved on");
        }

        @Override
        public void teardown(String project) {}

        @Override
        public void close() {}
    }
}
