package dev.manciple.hybrid.offline;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.hybrid.Child;
import dev.manciple.hybrid.offline.HybridOfflineConfig.CrossEngine;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineReview;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.ViewSlice;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Sends every view to the store that owns its batch source. What one store can answer passes straight through; a request over
 * several is answered by each for its own views and put together here.
 */
final class HybridOfflineStore implements OfflineStore {
    static final String NAME = "hybrid";

    private final HybridOfflineConfig config;
    private final List<ChildStore> children;
    private final Route route;
    private final Workshop workshop;
    private final boolean passThrough;

    /**
     * @param passThrough whether what one store can answer is left to it
     */
    HybridOfflineStore(
            HybridOfflineConfig config, List<ChildStore> children, StoreContext context, boolean passThrough) {
        this.config = config;
        this.children = List.copyOf(children);
        this.route = new Route(children, config.routingTag());
        this.workshop = new Workshop(config, context);
        this.passThrough = passThrough;
    }

    /** Makes the children too, none of which connects. */
    static HybridOfflineStore create(HybridOfflineConfig config, StoreContext context) {
        return new HybridOfflineStore(config, children(config, context), context, true);
    }

    static List<ChildStore> children(HybridOfflineConfig config, StoreContext context) {
        Deadline deadline = new Deadline(context.executor(), config.childDeadline());
        List<ChildStore> made = new ArrayList<>();
        try {
            for (Child child : config.children()) {
                made.add(new ChildStore(
                        child.name(),
                        child.config().type(),
                        SourceNames.of(child, context),
                        context.offlineStore(child.config()),
                        deadline));
            }
            return made;
        } catch (RuntimeException | Error e) {
            List<RuntimeException> failures = new ArrayList<>();
            made.forEach(child -> closing(child::close, failures));
            failures.forEach(e::addSuppressed);
            throw e;
        }
    }

    /**
     * What every child can do, and what this process does for those that cannot: it finds the rows of a range itself, filters by
     * created time where it joins itself, and writes files itself.
     */
    @Override
    public Set<OfflineCapability> capabilities() {
        Set<OfflineCapability> all = EnumSet.allOf(OfflineCapability.class);
        children.forEach(child -> all.retainAll(child.store().capabilities()));
        all.add(OfflineCapability.RANGE_SPINE);
        all.add(OfflineCapability.FILTER_BY_CREATED);
        all.add(OfflineCapability.REMOTE_EXPORT);
        spineStore().ifPresent(store -> {
            if (store.store().capabilities().contains(OfflineCapability.QUERY_SPINE)) {
                all.add(OfflineCapability.QUERY_SPINE);
            }
        });
        return all;
    }

    private Optional<ChildStore> spineStore() {
        return config.spineStore()
                .flatMap(name -> children.stream()
                        .filter(child -> child.name().equals(name))
                        .findFirst());
    }

    /** The store that reads a source. */
    ChildStore owner(DataSource.Batch source) {
        return route.of(source);
    }

    @Override
    public RetrievalJob historicalFeatures(HistoricalRequest request) {
        List<Share> shares = shares(request.slices());
        Optional<ChildStore> only = passThrough ? only(request, shares) : Optional.empty();
        if (only.isPresent()) {
            ChildStore child = only.get();
            String attempted = "join features";
            return routed(
                    child,
                    attempted,
                    child.reading(attempted, () -> child.store().historicalFeatures(request)));
        }
        refuseCrossEngine(shares);
        return new CrossEngineJob(request, shares, spine(request, shares), workshop, route);
    }

    /** The one child that can answer all of a request by itself. */
    private Optional<ChildStore> only(HistoricalRequest request, List<Share> shares) {
        if (shares.size() > 1) {
            return Optional.empty();
        }
        Optional<ChildStore> home = shares.stream().map(Share::child).findFirst();
        Optional<ChildStore> wanted = switch (request.spine()) {
            case Spine.Query query -> spineStore().or(() -> home);
            case Spine.Rows rows -> home.or(this::anyChild);
            case Spine.Range range -> home;
        };
        return wanted.filter(child -> home.isEmpty() || home.get().equals(child))
                .filter(child -> canAll(child, request));
    }

    private Optional<ChildStore> anyChild() {
        return spineStore().or(() -> children.stream().findFirst());
    }

    private static boolean canAll(ChildStore child, HistoricalRequest request) {
        Set<OfflineCapability> can = child.store().capabilities();
        boolean lacksRange = request.spine() instanceof Spine.Range && !can.contains(OfflineCapability.RANGE_SPINE);
        boolean lacksFilter = request.options().filterByCreated() && !can.contains(OfflineCapability.FILTER_BY_CREATED);
        return !lacksRange && !lacksFilter;
    }

    private SpineSource spine(HistoricalRequest request, List<Share> shares) {
        return switch (request.spine()) {
            case Spine.Rows rows -> new SpineSource.Given(rows);
            case Spine.Range range -> new SpineSource.Window(range, request.slices(), route);
            case Spine.Query query ->
                new SpineSource.Queried(query, spineStore().orElseThrow(() -> noSpineStore(shares)));
        };
    }

    private static InvalidRequestException noSpineStore(List<Share> shares) {
        return new InvalidRequestException(
                "Entity rows as SQL text run in one store, but the views asked for lie in %s: name the store to run it with 'spine_store', or give the rows themselves"
                        .formatted(String.join(
                                ", ",
                                shares.stream()
                                        .map(share -> share.child().name())
                                        .toList())));
    }

    /** The views each child answers for, children in order of first mention. */
    private List<Share> shares(List<ViewSlice> slices) {
        Map<ChildStore, List<ViewSlice>> owned = new LinkedHashMap<>();
        for (ViewSlice slice : slices) {
            owned.computeIfAbsent(route.of(source(slice.view())), owner -> new ArrayList<>())
                    .add(slice);
        }
        return owned.entrySet().stream()
                .map(share -> new Share(share.getKey(), share.getValue()))
                .toList();
    }

    private void refuseCrossEngine(List<Share> shares) {
        if (config.crossEngine() == CrossEngine.REFUSE && shares.size() > 1) {
            throw new InvalidRequestException(
                    "All feature views must have the same source type: those asked for lie in %s, and 'cross_engine' is 'refuse'"
                            .formatted(String.join(
                                    ", ",
                                    shares.stream()
                                            .map(share -> share.child().name())
                                            .toList())));
        }
    }

    private static DataSource.Batch source(FeatureView view) {
        return view.batchSource()
                .orElseThrow(() -> new InvalidRequestException(
                        "Feature view '%s' has no batch source to read history from".formatted(view.name())));
    }

    @Override
    public RetrievalJob pullLatest(PullRequest request) {
        ChildStore child = route.of(request.source());
        String attempted = "read the newest rows of data source '%s'"
                .formatted(request.source().name());
        return routed(
                child, attempted, child.reading(attempted, () -> child.store().pullLatest(request)));
    }

    @Override
    public RetrievalJob pullAll(PullRequest request) {
        ChildStore child = route.of(request.source());
        String attempted = "read data source '%s'".formatted(request.source().name());
        return routed(
                child, attempted, child.reading(attempted, () -> child.store().pullAll(request)));
    }

    private RetrievalJob routed(ChildStore child, String attempted, RetrievalJob job) {
        return new RoutedJob(job, child, attempted, route, workshop);
    }

    @Override
    public Schema describe(DataSource.Batch source) {
        ChildStore child = route.of(source);
        return child.reading(
                "describe data source '%s'".formatted(source.name()),
                () -> child.store().describe(source));
    }

    @Override
    public void write(FeatureView view, ArrowReader rows) {
        ChildStore child = route.of(source(view));
        child.writing(
                "append rows of feature view '%s'".formatted(view.name()),
                () -> child.store().write(view, rows));
    }

    @Override
    public void checkWrite(FeatureView view, Schema columns) {
        ChildStore child = route.of(source(view));
        child.reading("tell whether rows of feature view '%s' fit".formatted(view.name()), () -> {
            child.store().checkWrite(view, columns);
            return columns;
        });
    }

    @Override
    public void writeLoggedFeatures(DataSource.Batch sink, ArrowReader logs) {
        ChildStore child = route.of(sink);
        child.writing(
                "append logs to '%s'".formatted(sink.name()),
                () -> child.store().writeLoggedFeatures(sink, logs));
    }

    @Override
    public OfflineReview review(Collection<FeatureView> views, Collection<FeatureService> services) {
        return new Review(children, route, config, capabilities()).of(views, services);
    }

    /** The coarsest of the children's, which all results have. */
    @Override
    public ChronoUnit timePrecision() {
        return children.stream()
                .map(child -> child.store().timePrecision())
                .max(Comparator.naturalOrder())
                .orElse(ChronoUnit.MICROS);
    }

    /** Closes everything, whatever fails on the way; the first failure is thrown and has the others with it. */
    @Override
    public void close() {
        List<RuntimeException> failures = new ArrayList<>();
        closing(workshop::close, failures);
        children.forEach(child -> closing(child::close, failures));
        if (!failures.isEmpty()) {
            failures.subList(1, failures.size()).forEach(failures.getFirst()::addSuppressed);
            throw failures.getFirst();
        }
    }

    private static void closing(Runnable close, List<RuntimeException> failures) {
        try {
            close.run();
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }
}
