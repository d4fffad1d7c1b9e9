package dev.manciple.hybrid.online;

import dev.manciple.model.FeatureView;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Neighbor;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Routes;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A real store that a test looks at or troubles on the way; {@link #before} runs before every call but {@code close}. */
abstract class ForwardingStore implements OnlineStore {
    private final OnlineStore store;

    ForwardingStore(OnlineStore store) {
        this.store = store;
    }

    /** @param call the method's name */
    void before(String call) {}

    @Override
    public Set<OnlineCapability> capabilities() {
        return store.capabilities();
    }

    @Override
    public ChronoUnit timePrecision() {
        return store.timePrecision();
    }

    @Override
    public Optional<Routes> routes() {
        return store.routes();
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        before("read");
        return store.read(reads);
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        before("write");
        store.write(view, rows);
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        before("plan");
        return store.plan(changes);
    }

    @Override
    public void update(ViewChanges changes) {
        before("update");
        store.update(changes);
    }

    @Override
    public void teardown(List<FeatureView> views) {
        before("teardown");
        store.teardown(views);
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        before("purge");
        return store.purge(view, limit);
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        before("scan");
        return store.scan(view);
    }

    @Override
    public long count(FeatureView view) {
        before("count");
        return store.count(view);
    }

    @Override
    public List<Neighbor> search(VectorQuery query) {
        before("search");
        return store.search(query);
    }

    @Override
    public void close() {
        store.close();
    }
}
