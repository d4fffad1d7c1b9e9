package dev.manciple.bigtable;

import static com.google.cloud.bigtable.data.v2.models.Filters.FILTERS;
import static java.util.stream.Collectors.joining;

import com.google.api.gax.rpc.ApiException;
import com.google.cloud.bigtable.data.v2.models.ConditionalRowMutation;
import com.google.cloud.bigtable.data.v2.models.Filters.ChainFilter;
import com.google.cloud.bigtable.data.v2.models.Filters.InterleaveFilter;
import com.google.cloud.bigtable.data.v2.models.Mutation;
import com.google.cloud.bigtable.data.v2.models.Query;
import com.google.cloud.bigtable.data.v2.models.Row;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.protobuf.ByteString;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.internal.Counted;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.rows.EntityWrite;
import dev.manciple.wire.rows.EventText;
import dev.manciple.wire.rows.Fanout;
import dev.manciple.wire.rows.LazyClient;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * An online store in Bigtable, in Feast's layout: a table per set of entities, a row per entity and view under the hash of the
 * key, a column per feature, one event time for all of them. The hash is all there is of a key, so rows cannot be listed.
 */
final class BigtableOnlineStore implements OnlineStore {
    private static final Set<OnlineCapability> CAPABILITIES =
            Set.of(OnlineCapability.NEWEST_WINS, OnlineCapability.DELETE_ROWS);

    private final BigtableConfig config;
    private final String project;
    private final Fanout reads;
    private final Fanout writes;
    private final LazyClient<Clients, IOException> clients;

    BigtableOnlineStore(BigtableConfig config, StoreContext context) {
        this.config = config;
        this.project = context.project();
        this.reads = new Fanout(context.executor(), config.concurrency());
        this.writes = new Fanout(context.executor(), config.concurrency());
        this.clients = new LazyClient<>(config.store(), () -> Clients.of(config, context.repoPath()), Clients::close);
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return CAPABILITIES;
    }

    // ---- reads ---------------------------------------------------------------------------------------------------

    /**
     * What all reads want of one table.
     *
     * @param features the columns to read; empty for all
     */
    private record Wanted(Set<ByteString> keys, Set<String> features) {}

    /** Reads of views that share a table share requests; requests run side by side. */
    @Override
    public List<OnlineResult> read(List<OnlineRead> requests) {
        if (requests.isEmpty()) {
            return List.of();
        }
        return attempt(
                "read " + names(requests),
                requests.stream().map(OnlineRead::view).toList(),
                () -> {
                    List<List<ByteString>> keys =
                            requests.stream().map(BigtableOnlineStore::keys).toList();
                    Map<ByteString, Row> rows = rows(wanted(requests, keys));
                    List<OnlineResult> results = new ArrayList<>(requests.size());
                    for (int i = 0; i < requests.size(); i++) {
                        List<Field> features = requests.get(i).features();
                        List<Lookup> lookups = keys.get(i).stream()
                                .map(key -> Rows.lookup(rows.get(key), features))
                                .toList();
                        results.add(new OnlineResult(lookups));
                    }
                    return results;
                });
    }

    private static List<ByteString> keys(OnlineRead request) {
        EntityKeyCodec keys = EntityKeyCodec.of(request.view().entityColumns());
        return request.keys().stream()
                .map(key -> Rows.key(keys, request.view(), key))
                .toList();
    }

    private Map<String, Wanted> wanted(List<OnlineRead> requests, List<List<ByteString>> keys) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        Map<String, Boolean> few = new HashMap<>();
        for (int i = 0; i < requests.size(); i++) {
            OnlineRead request = requests.get(i);
            String table = TableName.of(project, request.view());
            Wanted want =
                    wanted.computeIfAbsent(table, name -> new Wanted(new LinkedHashSet<>(), new LinkedHashSet<>()));
            want.keys().addAll(keys.get(i));
            request.features().stream().map(Field::name).forEach(want.features()::add);
            few.merge(
                    table,
                    request.features().size() * 2 < request.view().features().size(),
                    Boolean::logicalAnd);
        }
        // Filtering costs the service more than sending a few columns that nobody asked for.
        wanted.forEach((table, want) -> {
            if (!few.getOrDefault(table, false)) {
                want.features().clear();
            }
        });
        return wanted;
    }

    /** Row keys hold the name of the view, so that those of all tables differ within a project. */
    private Map<ByteString, Row> rows(Map<String, Wanted> wanted)
            throws InterruptedException, ExecutionException, IOException {
        Clients with = clients.get();
        List<CompletableFuture<List<Row>>> running = new ArrayList<>();
        for (Map.Entry<String, Wanted> table : wanted.entrySet()) {
            List<ByteString> keys = List.copyOf(table.getValue().keys());
            for (int from = 0; from < keys.size(); from += config.readBatch()) {
                Query query = query(
                        table.getKey(),
                        keys.subList(from, Math.min(keys.size(), from + config.readBatch())),
                        table.getValue().features());
                running.add(
                        reads.start(() -> with.data().readRowsCallable().all().call(query)));
            }
        }
        Map<ByteString, Row> rows = new HashMap<>();
        for (CompletableFuture<List<Row>> answer : running) {
            for (Row row : answer.get()) {
                rows.put(row.getKey(), row);
            }
        }
        return rows;
    }

    private static Query query(String table, List<ByteString> keys, Set<String> features) {
        Query query = Query.create(TableId.of(table));
        keys.forEach(query::rowKey);
        ChainFilter filter = FILTERS.chain().filter(FILTERS.family().exactMatch(Rows.FAMILY));
        if (!features.isEmpty()) {
            InterleaveFilter columns =
                    FILTERS.interleave().filter(FILTERS.qualifier().exactMatch(Rows.EVENT));
            features.forEach(feature -> columns.filter(FILTERS.qualifier().exactMatch(feature)));
            filter.filter(columns);
        }
        return query.filter(filter.filter(FILTERS.limit().cellsPerColumn(1)));
    }

    @Override
    public long count(FeatureView view) {
        return attempt("count the rows of view '%s'".formatted(view.name()), List.of(view), () -> {
            long count = 0;
            for (Row row : clients.get().data().readRows(all(view).filter(Tables.keysOnly(view)))) {
                count += row.getKey().isEmpty() ? 0 : 1;
            }
            return count;
        });
    }

    private Query all(FeatureView view) {
        return Query.create(TableId.of(TableName.of(project, view)));
    }

    // ---- writes --------------------------------------------------------------------------------------------------

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        String attempted = "write %s of view '%s'".formatted(Counted.of(rows.size(), "row"), view.name());
        List<EntityWrite<ByteString>> entities = EntityWrite.of(
                view,
                rows,
                EventText.ISO,
                (value, feature) -> ByteString.copyFrom(ValueCodec.encode(value, feature.type())));
        attempt(attempted, List.of(view), () -> {
            GuardedWriter writer = new GuardedWriter(clients.get().data());
            String table = TableName.of(project, view);
            Fanout.Outcome<EntityWrite<ByteString>> outcome =
                    writes.forEach(entities, entity -> writer.write(table, view, entity));
            if (!outcome.failures().isEmpty()) {
                throw partly(attempted, view, outcome);
            }
            return view;
        });
    }

    /** Says which rows are stored; of the others the least certain failure decides what is known. */
    private RuntimeException partly(
            String attempted, FeatureView view, Fanout.Outcome<EntityWrite<ByteString>> outcome) {
        if (outcome.done().isEmpty()
                && outcome.failures().stream().allMatch(com.google.api.gax.rpc.NotFoundException.class::isInstance)) {
            return missing(view);
        }
        List<Integer> applied = EntityWrite.positions(outcome.done());
        return outcome.failure(failure -> Failures.of(config.store(), attempted, applied, failure));
    }

    /** Reads all of the view's times, and deletes the rows that are older than the limit and still the same. */
    @Override
    public long purge(FeatureView view, Instant limit) {
        String attempted = "delete expired rows of view '%s'".formatted(view.name());
        return attempt(attempted, List.of(view), () -> {
            Clients with = clients.get();
            Query query = all(view).filter(FILTERS.chain().filter(Rows.of(view)).filter(Rows.event()));
            long deleted = 0;
            for (Row row : with.data().readRows(query)) {
                Optional<String> event = Rows.eventText(row).filter(text -> EventText.isBefore(text, limit));
                if (event.isPresent() && delete(with, view, row.getKey(), event.get())) {
                    deleted++;
                }
            }
            return deleted;
        });
    }

    private boolean delete(Clients with, FeatureView view, ByteString key, String event) {
        return with.data()
                .checkAndMutateRow(ConditionalRowMutation.create(TableId.of(TableName.of(project, view)), key)
                        .condition(FILTERS.chain()
                                .filter(Rows.event())
                                .filter(FILTERS.value().exactMatch(ByteString.copyFromUtf8(event))))
                        .then(Mutation.create().deleteRow()));
    }

    // ---- infrastructure ------------------------------------------------------------------------------------------

    /** Dropping a view deletes its rows; the table they were in goes with the last of its views. */
    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        changes.keep().forEach(BigtableOnlineStore::requireThatItFits);
        return attempt("look at its tables", List.of(), () -> {
            Tables tables = tables();
            List<InfraChange> plan = new ArrayList<>(tables.missing(changes.keep()));
            for (FeatureView view : changes.drop()) {
                if (tables.mayDelete(view)) {
                    plan.add(new InfraChange(
                            Action.DROP, "bigtable", "rows", "%s #%s".formatted(tables.name(view), view.name())));
                }
            }
            return List.copyOf(plan);
        });
    }

    @Override
    public void update(ViewChanges changes) {
        changes.keep().forEach(BigtableOnlineStore::requireThatItFits);
        attempt("create and delete tables", List.of(), () -> {
            Tables tables = tables();
            changes.drop().forEach(view -> tables.delete(view, changes.keep()));
            changes.keep().forEach(tables::create);
            return changes;
        });
    }

    @Override
    public void teardown(List<FeatureView> views) {
        attempt("delete tables", List.of(), () -> {
            Tables tables = tables();
            views.forEach(view -> tables.delete(view, List.of()));
            return views;
        });
    }

    /** Refuses at apply what could be neither written nor read. */
    private static void requireThatItFits(FeatureView view) {
        EntityKeyCodec.requireStorable(List.of(view));
        if (view.features().stream().map(Field::name).anyMatch(Rows.EVENT::equals)) {
            throw new InvalidRequestException(
                    "Feature '%s' of view '%s' and the row's event time would share the column '%s' in Bigtable: rename the feature"
                            .formatted(Rows.EVENT, view.name(), Rows.EVENT));
        }
    }

    @Override
    public void close() {
        clients.close();
    }

    // ---- machinery -----------------------------------------------------------------------------------------------

    /** Something that talks to the service. */
    private interface Work<T> {
        T run() throws InterruptedException, ExecutionException, IOException;
    }

    /** @param views whose tables are needed */
    private <T> T attempt(String attempted, List<FeatureView> views, Work<T> work) {
        try {
            return work.run();
        } catch (InterruptedException e) {
            throw Failures.interrupted(config.store(), attempted, e);
        } catch (ExecutionException e) {
            throw failure(attempted, views, Fanout.unwrapped(e));
        } catch (ApiException | IllegalStateException | IOException e) {
            throw failure(attempted, views, e);
        }
    }

    private RuntimeException failure(String attempted, List<FeatureView> views, Throwable cause) {
        return cause instanceof com.google.api.gax.rpc.NotFoundException && !views.isEmpty()
                ? missing(views.getFirst())
                : Failures.of(config.store(), attempted, cause);
    }

    private NotFoundException missing(FeatureView view) {
        return new NotFoundException(
                "Table",
                TableName.of(project, view),
                "The %s has not been told of view '%s': apply the repository first"
                        .formatted(config.store(), view.name()));
    }

    private Tables tables() throws IOException {
        return new Tables(clients.get(), config, project);
    }

    private static String names(List<OnlineRead> requests) {
        return requests.stream().map(read -> "'" + read.view().name() + "'").collect(joining(", ", "view ", ""));
    }
}
