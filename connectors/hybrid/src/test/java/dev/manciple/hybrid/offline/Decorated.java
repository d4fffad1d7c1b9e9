package dev.manciple.hybrid.offline;

import dev.manciple.model.DataSource;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** A real store whose answers to point-in-time joins pass through something, or that is slow. */
abstract class Decorated implements OfflineStore {
    private final OfflineStore store;

    Decorated(OfflineStore store) {
        this.store = store;
    }

    abstract ArrowReader given(ArrowReader reader, BufferAllocator batches);

    @Override
    public Set<OfflineCapability> capabilities() {
        return store.capabilities();
    }

    @Override
    public RetrievalJob historicalFeatures(HistoricalRequest request) {
        return changed(store.historicalFeatures(request), this::given);
    }

    static RetrievalJob changed(RetrievalJob job, BiFunction<ArrowReader, BufferAllocator, ArrowReader> change) {
        return new RetrievalJob() {
            @Override
            public Schema schema() {
                return job.schema();
            }

            @Override
            public ArrowReader open(BufferAllocator batches) {
                try (ArrowReader reader = job.open(batches)) {
                    return change.apply(reader, batches);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public Explanation explain() {
                return job.explain();
            }
        };
    }

    @Override
    public RetrievalJob pullLatest(PullRequest request) {
        return store.pullLatest(request);
    }

    @Override
    public RetrievalJob pullAll(PullRequest request) {
        return store.pullAll(request);
    }

    @Override
    public Schema describe(DataSource.Batch source) {
        return store.describe(source);
    }

    @Override
    public void close() {
        store.close();
    }
}
