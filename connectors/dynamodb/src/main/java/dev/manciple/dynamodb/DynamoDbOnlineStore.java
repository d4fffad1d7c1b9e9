package dev.manciple.dynamodb;

import static java.util.stream.Collectors.joining;

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
import dev.manciple.wire.rows.EntityWrite;
import dev.manciple.wire.rows.EventText;
import dev.manciple.wire.rows.Fanout;
import dev.manciple.wire.rows.LazyClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.Select;

/**
 * An online store in DynamoDB, in Feast's layout: a table per view, an item per entity under the hash of its key, one event time
 * for all features. The hash is all there is of a key, so rows cannot be listed.
 */
final class DynamoDbOnlineStore implements OnlineStore {
    private static final Set<OnlineCapability> CAPABILITIES =
            Set.of(OnlineCapability.NEWEST_WINS, OnlineCapability.DELETE_ROWS);

    private final DynamoDbConfig config;
    private final String project;
    private final Fanout reads;
    private final Fanout writes;
    private final LazyClient<DynamoDbClient, RuntimeException> client;

    DynamoDbOnlineStore(DynamoDbConfig config, StoreContext context) {
        this.config = config;
        this.project = context.project();
        this.reads = new Fanout(context.executor(), config.maxReadWorkers());
        this.writes = new Fanout(context.executor(), config.writeConcurrency());
        this.client = new LazyClient<>(config.store(), () -> Clients.of(config), DynamoDbClient::close);
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return CAPABILITIES;
    }

    // ---- reads ---------------------------------------------------------------------------------------------------

    @Override
    public List<OnlineResult> read(List<OnlineRead> requests) {
        if (requests.isEmpty()) {
            return List.of();
        }
        return attempt(
                "read " + names(requests),
                requests.stream().map(OnlineRead::view).toList(),
                () -> {
                    Map<String, BatchReader.Wanted> wanted = new LinkedHashMap<>();
                    List<List<String>> ids = new ArrayList<>(requests.size());
                    for (OnlineRead request : requests) {
                        EntityKeyCodec keys = EntityKeyCodec.of(request.view().entityColumns());
                        List<String> own = request.keys().stream()
                                .map(key -> EntityKeyCodec.entityId(keys.encode(key)))
                                .toList();
                        ids.add(own);
                        wanted.computeIfAbsent(table(request.view()), name -> new BatchReader.Wanted())
                                .ids()
                                .addAll(own);
                    }
                    project(requests, wanted);
                    Map<String, Map<String, Map<String, AttributeValue>>> found = new BatchReader(
                                    client.get(), reads, config.batchSize(), config.consistentReads())
                            .read(wanted);
                    List<OnlineResult> results = new ArrayList<>(requests.size());
                    for (int i = 0; i < requests.size(); i++) {
                        OnlineRead request = requests.get(i);
                        Map<String, Map<String, AttributeValue>> items =
                                found.getOrDefault(table(request.view()), Map.of());
                        List<Lookup> lookups = ids.get(i).stream()
                                .map(id -> Item.lookup(items.get(id), request.features()))
                                .toList();
                        results.add(new OnlineResult(lookups));
                    }
                    return results;
                });
    }

    /** Asks for some features by name where all reads of a table want a few of many; else for the whole item. */
    private void project(List<OnlineRead> requests, Map<String, BatchReader.Wanted> wanted) {
        wanted.forEach((table, want) -> {
            List<OnlineRead> ofTable = requests.stream()
                    .filter(request -> table(request.view()).equals(table))
                    .toList();
            boolean few = ofTable.stream()
                    .allMatch(request -> !request.features().isEmpty()
                            && request.features().size() * 2
                                    < request.view().features().size());
            if (few) {
                ofTable.forEach(
                        request -> request.features().stream().map(Field::name).forEach(want.features()::add));
            }
        });
    }

    @Override
    public long count(FeatureView view) {
        return attempt(
                "count the rows of view '%s'".formatted(view.name()),
                List.of(view),
                () -> client
                        .get()
                        .scanPaginator(scan -> scan.tableName(table(view))
                                .select(Select.COUNT)
                                .filterExpression("#id <> :owner")
                                .expressionAttributeNames(Map.of("#id", Item.ID))
                                .expressionAttributeValues(Map.of(":owner", Item.text(Tables.OWNER))))
                        .stream()
                        .mapToLong(ScanResponse::count)
                        .sum());
    }

    // ---- writes --------------------------------------------------------------------------------------------------

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        String attempted = "write %s of view '%s'".formatted(Counted.of(rows.size(), "row"), view.name());
        List<EntityWrite<AttributeValue>> entities = EntityWrite.of(view, rows, EventText.PRINTED, Item::value);
        attempt(attempted, List.of(view), () -> {
            GuardedWriter writer = new GuardedWriter(client.get());
            String table = table(view);
            Fanout.Outcome<EntityWrite<AttributeValue>> outcome =
                    writes.forEach(entities, entity -> writer.write(table, entity));
            if (!outcome.failures().isEmpty()) {
                throw partly(attempted, view, outcome);
            }
            return view;
        });
    }

    /** Says which rows are stored; of the others the least certain failure decides what is known. */
    private RuntimeException partly(
            String attempted, FeatureView view, Fanout.Outcome<EntityWrite<AttributeValue>> outcome) {
        if (outcome.failures().stream().allMatch(ResourceNotFoundException.class::isInstance)
                && outcome.done().isEmpty()) {
            return missing(view);
        }
        List<Integer> applied = EntityWrite.positions(outcome.done());
        return outcome.failure(failure -> Failures.of(config.store(), attempted, applied, failure));
    }

    /** Reads all of the view's times, and deletes the items that are older than the limit and still the same. */
    @Override
    public long purge(FeatureView view, Instant limit) {
        String attempted = "delete expired rows of view '%s'".formatted(view.name());
        return attempt(attempted, List.of(view), () -> {
            DynamoDbClient with = client.get();
            String table = table(view);
            return with
                    .scanPaginator(scan -> scan.tableName(table)
                            .consistentRead(true)
                            .projectionExpression("#id, #event")
                            .expressionAttributeNames(Map.of("#id", Item.ID, "#event", Item.EVENT)))
                    .items()
                    .stream()
                    .filter(item -> isBefore(item, limit))
                    .filter(item -> delete(with, table, item))
                    .count();
        });
    }

    private static boolean isBefore(Map<String, AttributeValue> item, Instant limit) {
        AttributeValue event = item.get(Item.EVENT);
        return event != null && event.s() != null && EventText.isBefore(event.s(), limit);
    }

    private static boolean delete(DynamoDbClient with, String table, Map<String, AttributeValue> item) {
        try {
            with.deleteItem(delete -> delete.tableName(table)
                    .key(Map.of(Item.ID, item.getOrDefault(Item.ID, Item.text(""))))
                    .conditionExpression("#event = :seen")
                    .expressionAttributeNames(Map.of("#event", Item.EVENT))
                    .expressionAttributeValues(Map.of(":seen", item.getOrDefault(Item.EVENT, Item.text("")))));
            return true;
        } catch (ConditionalCheckFailedException e) {
            return false;
        }
    }

    // ---- infrastructure ------------------------------------------------------------------------------------------

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        EntityKeyCodec.requireStorable(changes.keep());
        return attempt("look at its tables", List.of(), () -> {
            Tables tables = tables();
            List<InfraChange> plan = new ArrayList<>();
            for (FeatureView view : changes.keep()) {
                if (!tables.exists(view)) {
                    plan.add(new InfraChange(Action.CREATE, "dynamodb", "table", tables.name(view)));
                }
            }
            for (FeatureView view : changes.drop()) {
                if (tables.mayDelete(view)) {
                    plan.add(new InfraChange(Action.DROP, "dynamodb", "table", tables.name(view)));
                }
            }
            return List.copyOf(plan);
        });
    }

    @Override
    public void update(ViewChanges changes) {
        EntityKeyCodec.requireStorable(changes.keep());
        attempt("create and delete tables", List.of(), () -> {
            Tables tables = tables();
            changes.drop().forEach(tables::delete);
            changes.keep().forEach(tables::create);
            return changes;
        });
    }

    @Override
    public void teardown(List<FeatureView> views) {
        attempt("delete tables", List.of(), () -> {
            views.forEach(tables()::delete);
            return views;
        });
    }

    @Override
    public void close() {
        client.close();
    }

    // ---- machinery -----------------------------------------------------------------------------------------------

    /** Something that talks to the service. */
    private interface Work<T> {
        T run() throws InterruptedException, ExecutionException;
    }

    /** @param views whose tables are needed */
    private <T> T attempt(String attempted, List<FeatureView> views, Work<T> work) {
        try {
            return work.run();
        } catch (InterruptedException e) {
            throw Failures.interrupted(config.store(), attempted, e);
        } catch (ExecutionException e) {
            throw failure(attempted, views, Fanout.unwrapped(e));
        } catch (SdkException | IllegalStateException e) {
            throw failure(attempted, views, e);
        }
    }

    private RuntimeException failure(String attempted, List<FeatureView> views, Throwable cause) {
        if (cause instanceof ResourceNotFoundException) {
            Tables tables = tables();
            for (FeatureView view : views) {
                if (!tables.exists(view)) {
                    return missing(view);
                }
            }
        }
        return Failures.of(config.store(), attempted, cause);
    }

    private NotFoundException missing(FeatureView view) {
        return new NotFoundException(
                "Table",
                table(view),
                "The %s has not been told of view '%s': apply the repository first"
                        .formatted(config.store(), view.name()));
    }

    private Tables tables() {
        return new Tables(client.get(), config, project);
    }

    private String table(FeatureView view) {
        return TableName.of(config.tableNameTemplate(), project, view);
    }

    private static String names(List<OnlineRead> requests) {
        return requests.stream().map(read -> "'" + read.view().name() + "'").collect(joining(", ", "view ", ""));
    }
}
