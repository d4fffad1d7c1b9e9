package dev.manciple.plugin;

import dev.manciple.StoreObserver.ReadEnd;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.UnsupportedException;
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
import dev.manciple.spi.internal.Counted;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** An online store of somebody's whose failures are Manciple's, those of its scans included. */
final class GuardedOnlineStore implements OnlineStore {
    private final OnlineStore store;
    private final Guard guard;
    private final String label;
    private final StoreObservers observers;

    /** @param label what observers are told of its reads by */
    GuardedOnlineStore(OnlineStore store, Guard guard, String label, StoreObservers observers) {
        this.store = store;
        this.guard = guard;
        this.label = label;
        this.observers = observers;
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return guard.read("tell its capabilities", store::capabilities);
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        if (observers.isEmpty()) {
            return guard.read("read online features", () -> store.read(reads));
        }
        long began = System.nanoTime();
        List<OnlineResult> results;
        try {
            results = guard.read("read online features", () -> store.read(reads));
        } catch (InvalidRequestException | UnsupportedException e) {
            // What was asked was wrong, which tells nothing of the store.
            throw e;
        } catch (RuntimeException | Error e) {
            // Who reads is interrupted when nobody waits for him any more, and stores keep that.
            ReadEnd end = Thread.currentThread().isInterrupted() ? ReadEnd.GIVEN_UP : ReadEnd.FAILED;
            observers.onlineRead(label, System.nanoTime() - began, end);
            throw e;
        }
        observers.onlineRead(label, System.nanoTime() - began, ReadEnd.ANSWERED);
        return results;
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        guard.write(
                "write %s of feature view '%s'".formatted(Counted.of(rows.size(), "row"), view.name()),
                () -> store.write(view, rows));
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        return guard.read("plan its changes", () -> store.plan(changes));
    }

    @Override
    public void update(ViewChanges changes) {
        guard.write("make room for the feature views", () -> store.update(changes));
    }

    @Override
    public void teardown(List<FeatureView> views) {
        guard.write("remove the feature views", () -> store.teardown(views));
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        return guard.write("delete expired rows of feature view '" + view.name() + "'", () -> store.purge(view, limit));
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        String attempted = "read all rows of feature view '" + view.name() + "'";
        Stream<OnlineRow> rows = guard.read(attempted, () -> store.scan(view));
        Iterator<OnlineRow> iterator = guard.read(attempted, rows::iterator);
        Iterator<OnlineRow> guarded = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return guard.read(attempted, iterator::hasNext);
            }

            @Override
            public OnlineRow next() {
                return guard.read(attempted, iterator::next);
            }
        };
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(guarded, Spliterator.NONNULL | Spliterator.IMMUTABLE),
                        false)
                .onClose(() -> guard.read(attempted, rows::close));
    }

    @Override
    public long count(FeatureView view) {
        return guard.read("count the rows of feature view '" + view.name() + "'", () -> store.count(view));
    }

    @Override
    public List<Neighbor> search(VectorQuery query) {
        return guard.read("search feature view '" + query.view().name() + "'", () -> store.search(query));
    }

    @Override
    public ChronoUnit timePrecision() {
        return guard.read("tell its precision", store::timePrecision);
    }

    @Override
    public Optional<Routes> routes() {
        return guard.read("tell its routes", store::routes).map(routes -> new GuardedRoutes(routes, guard));
    }

    @Override
    public void close() {
        guard.read("close", store::close);
    }
}
