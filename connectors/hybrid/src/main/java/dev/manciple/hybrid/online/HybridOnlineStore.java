package dev.manciple.hybrid.online;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.error.UnsupportedException;
import dev.manciple.hybrid.Child;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Neighbor;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Routes;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.internal.Counted;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several online stores as one: each feature view lives in the child its tag names, and each child hears of its own views only.
 * Where a view is moving, both children hear of it: writes have to reach both, and a write that reached one only fails and may
 * be repeated.
 *
 * <p>A view no child keeps is refused before it is served: by {@link #plan} and {@link #update}. Views to be removed that no
 * child keeps are left alone, since there is nobody to ask.
 */
final class HybridOnlineStore implements OnlineStore {
    private static final Logger LOG = LoggerFactory.getLogger(HybridOnlineStore.class);

    private final OnlineRoutes routes;
    private final FanOut fanOut;

    private HybridOnlineStore(OnlineRoutes routes, FanOut fanOut) {
        this.routes = routes;
        this.fanOut = fanOut;
    }

    /** Makes the children as well, or leaves none open. */
    static HybridOnlineStore of(HybridOnlineConfig config, StoreContext context) {
        List<OnlineChild> children = new ArrayList<>();
        List<Set<String>> types = new ArrayList<>();
        try {
            for (Child child : config.children()) {
                types.add(context.onlineStoreNames(child.config().type()));
                children.add(new OnlineChild(
                        child.name(),
                        context.onlineStore(child.config()),
                        config.deadlineOf(child.name()),
                        config.retriesOf(child.name())));
            }
            OnlineRoutes routes = OnlineRoutes.of(config, children, types);
            return new HybridOnlineStore(
                    routes,
                    new FanOut(
                            context.executor(),
                            config.deadline(),
                            config.onChildFailure(),
                            read -> routes.reading(read.view())));
        } catch (RuntimeException | Error e) {
            closeAll(children).forEach(e::addSuppressed);
            throw e;
        }
    }

    /** What every child can do: only that holds for every view. */
    @Override
    public Set<OnlineCapability> capabilities() {
        Set<OnlineCapability> common = EnumSet.allOf(OnlineCapability.class);
        routes.all().forEach(child -> common.retainAll(child.store().capabilities()));
        return Set.copyOf(common);
    }

    /** The coarsest of the children's. */
    @Override
    public ChronoUnit timePrecision() {
        return routes.all().stream()
                .map(child -> child.store().timePrecision())
                .max(Comparator.comparing(ChronoUnit::getDuration))
                .orElseThrow();
    }

    @Override
    public Optional<Routes> routes() {
        return Optional.of(routes);
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        return reads.isEmpty() ? List.of() : fanOut.read(reads);
    }

    /**
     * A view that moves is written to the store that is not read first: what a reader sees is then in both, and stays when the
     * reader is sent to the other.
     */
    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        List<OnlineChild> children = routes.writing(view).reversed();
        String attempted = "write %s of feature view '%s'".formatted(Counted.of(rows.size(), "row"), view.name());
        String hint = children.size() == 1
                ? ""
                : ", which has to reach both stores it moves between (write them again, or end the move with 'manciple move %s --roll-back')"
                        .formatted(view.name());
        children.forEach(child -> child.change(attempted + hint, store -> store.write(view, rows)));
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        List<InfraChange> plan = new ArrayList<>();
        eachChild(changes, (child, its) -> {
            boolean router = child.store().routes().isPresent();
            child.ask("plan its changes", Outcome.NOT_APPLIED, store -> store.plan(its)).stream()
                    .map(change -> new InfraChange(
                            change.action(),
                            router ? child.name() + "/" + change.store() : child.name(),
                            change.kind(),
                            change.name()))
                    .forEach(plan::add);
        });
        return List.copyOf(plan);
    }

    @Override
    public void update(ViewChanges changes) {
        eachChild(changes, (child, its) -> child.change("make room for its feature views", store -> store.update(its)));
    }

    /** Asks every child, whichever fails. */
    @Override
    public void teardown(List<FeatureView> views) {
        List<FeatureView> known = known(views);
        List<FeatureStoreException> failures = new ArrayList<>();
        for (OnlineChild child : routes.all()) {
            List<FeatureView> its = of(child, known, routes::holding);
            if (!its.isEmpty()) {
                try {
                    child.change("remove its feature views", store -> store.teardown(its));
                } catch (FeatureStoreException e) {
                    failures.add(e);
                }
            }
        }
        if (!failures.isEmpty()) {
            throw failures.size() == 1 ? failures.getFirst() : several(failures);
        }
    }

    private static StoreException several(List<FeatureStoreException> failures) {
        String reasons = failures.stream().map(Throwable::getMessage).collect(Collectors.joining("; "));
        boolean retryable =
                failures.stream().allMatch(failure -> failure instanceof StoreException store && store.retryable());
        StoreException all = new StoreException(
                "The hybrid online store",
                "remove feature views",
                retryable,
                Outcome.MAYBE,
                new IllegalStateException(reasons));
        failures.forEach(all::addSuppressed);
        return all;
    }

    /** What is to be done to one child. */
    private interface Task {
        void run(OnlineChild child, ViewChanges its);
    }

    /** Each child with its own views, those only it has to drop included; not the children nothing is said of. */
    private void eachChild(ViewChanges changes, Task task) {
        List<String> problems = routes.problems(changes.keep());
        if (!problems.isEmpty()) {
            throw OnlineRoutes.unrouted(problems.toArray(String[]::new));
        }
        List<FeatureView> drop = known(changes.drop());
        for (OnlineChild child : routes.all()) {
            ViewChanges its =
                    new ViewChanges(of(child, changes.keep(), routes::writing), of(child, drop, routes::holding));
            if (!its.keep().isEmpty() || !its.drop().isEmpty()) {
                task.run(child, its);
            }
        }
    }

    private static List<FeatureView> of(
            OnlineChild child, List<FeatureView> views, Function<FeatureView, List<OnlineChild>> children) {
        return views.stream()
                .filter(view -> children.apply(view).contains(child))
                .toList();
    }

    private List<FeatureView> known(List<FeatureView> views) {
        List<FeatureView> known = new ArrayList<>(views);
        for (FeatureView view : views) {
            routes.problems(List.of(view)).forEach(problem -> {
                known.remove(view);
                LOG.warn("Nothing is removed from any online store: {}", problem);
            });
        }
        return known;
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        List<OnlineChild> children = routes.writing(view);
        children.forEach(child -> require(child, OnlineCapability.DELETE_ROWS, "deleting expired rows"));
        String attempted = "delete expired rows of feature view '%s'".formatted(view.name());
        long deleted = children.getFirst().ask(attempted, Outcome.MAYBE, store -> store.purge(view, limit));
        children.subList(1, children.size())
                .forEach(other -> other.change(attempted, store -> store.purge(view, limit)));
        return deleted;
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        OnlineChild child = routes.reading(view);
        require(child, OnlineCapability.SCAN, "reading all rows of a view");
        return child.ask(
                "read all rows of feature view '%s'".formatted(view.name()),
                Outcome.NOT_APPLIED,
                store -> store.scan(view));
    }

    @Override
    public long count(FeatureView view) {
        return routes.reading(view)
                .ask(
                        "count the rows of feature view '%s'".formatted(view.name()),
                        Outcome.NOT_APPLIED,
                        store -> store.count(view));
    }

    @Override
    public List<Neighbor> search(VectorQuery query) {
        OnlineChild child = routes.reading(query.view());
        require(child, OnlineCapability.VECTOR_SEARCH, "vector search");
        return fanOut.ask(
                child, "search feature view '%s'".formatted(query.view().name()), store -> store.search(query));
    }

    private static void require(OnlineChild child, OnlineCapability capability, String what) {
        if (!child.store().capabilities().contains(capability)) {
            throw new UnsupportedException("online store '" + child.name() + "'", capability.name(), what);
        }
    }

    /** Closes every child, whatever fails on the way. */
    @Override
    public void close() {
        List<RuntimeException> failures = closeAll(List.copyOf(routes.all()));
        if (!failures.isEmpty()) {
            RuntimeException first = failures.getFirst();
            failures.subList(1, failures.size()).forEach(first::addSuppressed);
            throw first;
        }
    }

    private static List<RuntimeException> closeAll(List<OnlineChild> children) {
        List<RuntimeException> failures = new ArrayList<>();
        for (OnlineChild child : children) {
            try {
                child.store().close();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        return failures;
    }
}
