package dev.manciple.plugin;

import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.SourceLocation;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineReview;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.WriteReport;
import dev.manciple.spi.internal.GatedReader;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** An offline store of somebody's whose failures are Manciple's, those of its jobs and of their later batches included. */
final class GuardedOfflineStore implements OfflineStore {
    private final OfflineStore store;
    private final Guard guard;

    GuardedOfflineStore(OfflineStore store, Guard guard) {
        this.store = store;
        this.guard = guard;
    }

    @Override
    public Set<OfflineCapability> capabilities() {
        return guard.read("tell its capabilities", store::capabilities);
    }

    @Override
    public RetrievalJob historicalFeatures(HistoricalRequest request) {
        return job("retrieve historical features", () -> store.historicalFeatures(request));
    }

    @Override
    public RetrievalJob pullLatest(PullRequest request) {
        return job(
                "read the latest rows of data source '" + request.source().name() + "'",
                () -> store.pullLatest(request));
    }

    @Override
    public RetrievalJob pullAll(PullRequest request) {
        return job("read data source '" + request.source().name() + "'", () -> store.pullAll(request));
    }

    @Override
    public Schema describe(DataSource.Batch source) {
        return guard.read("describe data source '" + source.name() + "'", () -> store.describe(source));
    }

    @Override
    public void write(FeatureView view, ArrowReader rows) {
        guard.write("append rows of feature view '" + view.name() + "'", () -> store.write(view, rows));
    }

    @Override
    public void checkWrite(FeatureView view, Schema columns) {
        guard.read(
                "tell whether rows of feature view '" + view.name() + "' fit", () -> store.checkWrite(view, columns));
    }

    @Override
    public void writeLoggedFeatures(DataSource.Batch sink, ArrowReader logs) {
        guard.write("append logs to '" + sink.name() + "'", () -> store.writeLoggedFeatures(sink, logs));
    }

    @Override
    public OfflineReview review(Collection<FeatureView> views, Collection<FeatureService> services) {
        return guard.read("review definitions", () -> store.review(views, services));
    }

    @Override
    public ChronoUnit timePrecision() {
        return guard.read("tell its precision", store::timePrecision);
    }

    @Override
    public void close() {
        guard.read("close", store::close);
    }

    private RetrievalJob job(String attempted, java.util.function.Supplier<RetrievalJob> plan) {
        return new Job(guard.read(attempted, plan), guard, attempted);
    }

    private record Job(RetrievalJob job, Guard guard, String attempted) implements RetrievalJob {
        @Override
        public Schema schema() {
            return guard.read(attempted, job::schema);
        }

        @Override
        public ArrowReader open(BufferAllocator allocator) {
            return new GatedReader(
                    guard.read(attempted, () -> job.open(allocator)), allocator, guard.reading(attempted));
        }

        @Override
        public Optional<String> sql() {
            return guard.read(attempted, job::sql);
        }

        @Override
        public Explanation explain() {
            return guard.read(attempted, job::explain);
        }

        @Override
        public WriteReport writeTo(SourceLocation target, boolean overwrite) {
            return guard.write(attempted, () -> job.writeTo(target, overwrite));
        }

        @Override
        public void persist(DataSource.Batch target, boolean overwrite) {
            guard.write(attempted, () -> job.persist(target, overwrite));
        }
    }
}
