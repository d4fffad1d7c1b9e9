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

/** A real store that a test looks at or troubles on the way, before and after every call but {@code close}. */
abstract class ForwardingStore implements OnlineStore {
    private final OnlineStore store;

    ForwardingStore(OnlineStore store) {
        this.store = store;
    }

    /** @param call the method's name */
    void before(String call) {}

    /** As {@link #before}, once the call is done. */
    void after(String call) {}

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
        List<OnlineResult> answer = store.read(reads);
        after("read");
        return answer;
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        before("write");
        store.write(view, rows);
        after("write");
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        before("plan");
        List<InfraChange> answer = store.plan(changes);
        after("plan");
        return answer;
    }

    @Override
    public void update(ViewChanges changes) {
        before("update");
        store.update(changes);
        after("update");
    }

    @Override
    public void teardown(List<FeatureView> views) {
        before("teardown");
        store.teardown(views);
        after("teardown");
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        before("purge");
        long answer = store.purge(view, limit);
        after("purge");
        return answer;
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        before("scan");
        Stream<OnlineRow> answer = store.scan(view);
        after("scan");
        return answer;
    }

    @Override
    public long count(FeatureView view) {
        before("count");
        long answer = store.count(view);
        after("count");
        return answer;
    }

    @Override
    public List<Neighbor> search(VectorQuery query) {
        before("search");
        List<Neighbor> answer = store.search(query);
        after("search");
        return answer;
    }

    @Override
    public void close() {
        store.close();
    }
}
