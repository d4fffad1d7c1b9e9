package dev.manciple;

import dev.manciple.error.ConfigException;
import dev.manciple.error.ConflictException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.local.Engine;
import dev.manciple.materialize.Ingestion;
import dev.manciple.materialize.MaterializeLimits;
import dev.manciple.materialize.Materializer;
import dev.manciple.materialize.PulledRows;
import dev.manciple.materialize.Purger;
import dev.manciple.model.Definition;
import dev.manciple.model.FeatureView;
import dev.manciple.move.Mover;
import dev.manciple.move.Places;
import dev.manciple.plugin.Guards;
import dev.manciple.plugin.StoreObservers;
import dev.manciple.registry.ApplyPlanner;
import dev.manciple.registry.ProtectedProjects;
import dev.manciple.retrieve.DocumentSearch;
import dev.manciple.retrieve.EntityRows;
import dev.manciple.retrieve.FeatureHomes;
import dev.manciple.retrieve.HistoricalRetrieval;
import dev.manciple.retrieve.OnDemandChecks;
import dev.manciple.retrieve.OnlineRetrieval;
import dev.manciple.retrieve.ResultFiles;
import dev.manciple.retrieve.SourceComparer;
import dev.manciple.spi.FeatureFunction;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.WriteReport;
import dev.manciple.transform.ForeignFunctions;
import dev.manciple.transform.Transformations;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** A feature store over the stores of this process: puts together the classes that do the work, one per operation. */
final class LocalFeatureStore implements FeatureStore {
    /** Others may record materialized windows while a plan is carried out, and each costs an attempt. */
    private static final int COMMIT_ATTEMPTS = 50;

    private static final Duration EMBEDDED_REGISTRY_TTL = Duration.ofMinutes(10);

    private final Parts parts;
    private final Engine engine;
    private final EntityRows entityRows;
    private final ResultFiles resultFiles;
    private final SnapshotCache snapshots;
    private final ReviewedSnapshots reviewed;
    private final ApplyPlanner planner;
    private final HistoricalRetrieval historical;
    private final SourceComparer comparer;
    private final OnlineRetrieval online;
    private final DocumentSearch search;
    private final Materializer materializer;
    private final Ingestion ingestion;
    private final Purger purger;
    private final Mover mover;

    /**
     * What a feature store is made of. It closes the stores and the allocator.
     *
     * @param observers hear of the stores' answers
     * @param foreign computes on demand views of other languages
     * @param functions those of plug-ins
     * @param allFunctions those and the repository's, which take long to find
     * @param onlineName what the online store is called in details of answers
     * @param registryTtl how old the snapshot may be that online reads and pushes go by; zero for ever
     */
    record Parts(
            String project,
            Registry registry,
            OfflineStore offline,
            OnlineStore online,
            String onlineName,
            BufferAllocator allocator,
            InstantSource clock,
            Duration registryTtl,
            StoreObservers observers,
            Optional<ForeignFunctions> foreign,
            Collection<FeatureFunction> functions,
            Supplier<? extends Collection<FeatureFunction>> allFunctions,
            MaterializeLimits limits) {}

    /** As people embed it: the machine's clock and limits, Feast's age of the registry, and an allocator of the caller's. */
    static LocalFeatureStore of(
            String project, Registry registry, OfflineStore offline, OnlineStore online, BufferAllocator allocator) {
        StoreObservers observers = new StoreObservers();
        return new LocalFeatureStore(new Parts(
                project,
                Guards.registry(registry, "registry"),
                Guards.offlineStore(offline, "offline store"),
                Guards.onlineStore(online, "online store", observers),
                "online store",
                allocator.newChildAllocator("feature store of project " + project, 0, Long.MAX_VALUE),
                InstantSource.system(),
                EMBEDDED_REGISTRY_TTL,
                observers,
                Optional.empty(),
                List.of(),
                List::of,
                MaterializeLimits.ofMachine()));
    }

    LocalFeatureStore(Parts parts) {
        this.parts = parts;
        snapshots = new SnapshotCache(parts.registry(), parts.project(), parts.registryTtl(), System::nanoTime);
        engine = new Engine(parts.allocator());
        entityRows = new EntityRows(snapshots::newest, engine, parts.allocator());
        resultFiles = new ResultFiles(engine, parts.allocator());
        Transformations transformations = new Transformations(
                parts.functions(), parts.allFunctions(), parts.foreign(), engine, parts.observers());
        planner = new ApplyPlanner(parts.offline(), parts.online(), new OnDemandChecks(transformations));
        reviewed = new ReviewedSnapshots(parts.offline());
        Supplier<RegistrySnapshot> newest = reviewed.of(snapshots::newest);
        historical = new HistoricalRetrieval(newest, parts.offline(), transformations, parts.clock());
        comparer = new SourceComparer(newest, parts.offline(), parts.allocator());
        FeatureHomes homes = new FeatureHomes(parts.online(), parts.onlineName());
        online = new OnlineRetrieval(snapshots::recent, parts.online(), homes, transformations, parts.clock());
        search = new DocumentSearch(snapshots::recent, parts.online(), homes, parts.clock());
        materializer = new Materializer(
                parts.registry(),
                parts.project(),
                parts.offline(),
                parts.online(),
                parts.allocator(),
                parts.clock(),
                parts.limits());
        ingestion = new Ingestion(
                reviewed.of(snapshots::recent),
                parts.offline(),
                parts.online(),
                parts.allocator(),
                parts.limits().batchSize());
        purger = new Purger(snapshots::newest, parts.online(), parts.clock());
        mover = new Mover(
                parts.registry(),
                parts.project(),
                parts.online(),
                new PulledRows(parts.offline(), parts.allocator()),
                parts.clock(),
                parts.registryTtl(),
                snapshots::put);
    }

    /** @throws ConfigException naming every online view that a router has no place for */
    void requirePlaces() {
        if (parts.online().routes().isEmpty()) {
            return;
        }
        Places places = new Places(parts.online());
        List<String> problems = registry().views().values().stream()
                .filter(FeatureView.class::isInstance)
                .map(FeatureView.class::cast)
                .filter(FeatureView::online)
                .flatMap(view -> places.problems(view).stream())
                .toList();
        if (!problems.isEmpty()) {
            throw new ConfigException("registry of project '%s'".formatted(parts.project()), problems);
        }
    }

    @Override
    public Spine entityRows(Path file, FeatureSelection features) {
        return entityRows.file(file, features);
    }

    @Override
    public Spine entityRows(List<? extends Map<String, ? extends @Nullable Object>> rows, FeatureSelection features) {
        return entityRows.rows(rows, features);
    }

    @Override
    public RetrievalJob historicalFeatures(Spine spine, FeatureSelection features, RetrievalOptions options) {
        return historical.job(spine, features, options);
    }

    @Override
    public WriteReport write(RetrievalJob job, Path target, boolean overwrite) {
        return resultFiles.write(job, target, overwrite);
    }

    @Override
    public Spine.Range range(FeatureSelection features, @Nullable Instant start, @Nullable Instant end) {
        return historical.range(features, start, end);
    }

    @Override
    public SourceComparison compareSources(String view, String other, Spine spine) {
        return comparer.compare(view, other, spine);
    }

    @Override
    public OnlineFeatures onlineFeatures(
            FeatureSelection features, Map<String, List<Value>> entities, OnlineOptions options) {
        return online.features(features, entities, options);
    }

    @Override
    public OnlineFeatures search(DocumentQuery query) {
        return search.search(query);
    }

    @Override
    public List<FeatureView> materializable(List<String> views) {
        return materializer.views(views);
    }

    @Override
    public MaterializeReport materialize(Instant start, Instant end, List<String> views, MaterializeListener listener) {
        reviewed.reviewed(registry());
        return materializer.materialize(start, end, views, listener);
    }

    @Override
    public MaterializeReport materializeIncremental(Instant end, List<String> views, MaterializeListener listener) {
        reviewed.reviewed(registry());
        return materializer.materializeIncremental(end, views, listener);
    }

    @Override
    public PushReport push(String source, ArrowReader rows, PushTarget to) {
        return ingestion.push(source, rows, to);
    }

    @Override
    public void checkPush(String source, Schema columns) {
        ingestion.checkPush(source, columns);
    }

    @Override
    public PushReport writeOnline(String view, ArrowReader rows) {
        return ingestion.writeOnline(view, rows);
    }

    @Override
    public PushReport writeOffline(String view, ArrowReader rows) {
        return ingestion.writeOffline(view, rows);
    }

    @Override
    public Map<String, Long> purge(List<String> views) {
        return purger.purge(views);
    }

    @Override
    public ApplyPlan plan(List<Definition> definitions, PlanOptions options) {
        return planner.plan(registry(), definitions, options);
    }

    @Override
    public RegistrySnapshot apply(ApplyPlan plan) {
        requireNoMoves(plan);
        requireCurrent(plan, registry());
        ViewChanges views = plan.views();
        parts.online().update(new ViewChanges(views.keep(), List.of()));
        RegistrySnapshot applied = commit(plan);
        snapshots.put(applied);
        // Values are gone for good once they are dropped, so not before the registry has let go of them.
        if (!views.drop().isEmpty()) {
            parts.online().update(views);
        }
        return applied;
    }

    private RegistrySnapshot commit(ApplyPlan plan) {
        for (int attempt = 1; ; attempt++) {
            RegistrySnapshot now = registry();
            requireCurrent(plan, now);
            if (plan.changes().isEmpty()) {
                return now;
            }
            try {
                return parts.registry().commit(now, plan.changes());
            } catch (ConflictException e) {
                if (attempt == COMMIT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void requireNoMoves(ApplyPlan plan) {
        if (!plan.moves().isEmpty()) {
            throw new InvalidRequestException(plan.moves().stream()
                    .map(ApplyPlan.Move::refusal)
                    .collect(Collectors.joining(" ", "Nothing was applied. ", "")));
        }
    }

    private static void requireCurrent(ApplyPlan plan, RegistrySnapshot now) {
        if (!ApplyPlanner.stillHolds(plan, now)) {
            throw new ConflictException(
                    "The definitions of project '%s' changed in the registry after this plan was made; plan and apply again"
                            .formatted(now.project()));
        }
    }

    @Override
    public MovePlan planMove(String view, String to, MoveOptions options) {
        return mover.plan(view, to, options);
    }

    @Override
    public MoveReport move(String view, MoveOrder order, MoveOptions options, MoveListener listener) {
        reviewed.reviewed(registry());
        return mover.run(view, order, options, listener);
    }

    @Override
    public void teardown() {
        RegistrySnapshot now = registry();
        if (ProtectedProjects.isProtected(now)) {
            throw new InvalidRequestException(
                    "Project '%s' is protected (tag feast.dev/protected-project) and is not torn down; it is managed elsewhere"
                            .formatted(parts.project()));
        }
        Places places = new Places(parts.online());
        List<FeatureView> served = now.storedViews()
                .filter(view -> view.online() && places.problems(view).isEmpty())
                .toList();
        parts.online().teardown(served);
        parts.registry().teardown(parts.project());
        snapshots.newest();
    }

    @Override
    public RegistrySnapshot registry() {
        return snapshots.newest();
    }

    @Override
    public StoreObserver.Observation observe(StoreObserver observer) {
        return parts.observers().add(observer);
    }

    @Override
    public OfflineStore offlineStore() {
        return parts.offline();
    }

    @Override
    public OnlineStore onlineStore() {
        return parts.online();
    }

    /** Closes everything, whatever fails on the way. */
    @Override
    public void close() {
        try (parts.allocator;
                parts.registry;
                parts.offline;
                parts.online;
                engine) {
            // The resources close after this, in reverse order; what a later one throws is suppressed by the first.
            parts.foreign().ifPresent(ForeignFunctions::close);
        }
    }
}
