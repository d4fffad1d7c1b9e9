package dev.manciple.cassandra;

import static java.util.stream.Collectors.joining;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.internal.Counted;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.rows.Fanout;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * An online store in a keyspace of Cassandra or ScyllaDB, in Feast's layout: a table per view named {@code project_view}, a
 * partition per entity whose key is the hex of the entity key, a row per feature, values as Feast's protobuf bytes, times in
 * milliseconds.
 *
 * <p>All features of an entity that a write replaces are replaced at once: readers see the row before or the row after.
 */
final class CassandraOnlineStore implements OnlineStore {
    private static final String TABLES = "SELECT table_name, comment FROM system_schema.tables WHERE keyspace_name = ?";
    private static final String KEYSPACE = "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?";

    private final StoreSettings settings;
    private final String project;
    private final Cluster cluster;
    private final InFlight reads;
    private final Fanout writes;

    /** What hangs on one session. */
    private record Client(Statements statements, RowWriter writer) {
        CqlSession session() {
            return statements.session();
        }
    }

    private volatile @Nullable Client client;

    CassandraOnlineStore(StoreSettings settings, StoreContext context) {
        this.settings = settings;
        this.project = context.project();
        this.cluster = new Cluster(settings);
        this.reads = new InFlight(settings.readConcurrency());
        this.writes = new Fanout(context.executor(), settings.writeConcurrency());
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        EnumSet<OnlineCapability> capabilities =
                EnumSet.of(OnlineCapability.NEWEST_WINS, OnlineCapability.DELETE_ROWS, OnlineCapability.SCAN);
        if (settings.keepsCreated()) {
            capabilities.add(OnlineCapability.KEEPS_CREATED);
        }
        if (settings.expireRows()) {
            capabilities.add(OnlineCapability.EXPIRES_ROWS);
        }
        return Set.copyOf(capabilities);
    }

    @Override
    public ChronoUnit timePrecision() {
        return ChronoUnit.MILLIS;
    }

    // ---- reads ---------------------------------------------------------------------------------------------------

    /** All entities of all views are asked for at once; the driver sends each to a node that has it. */
    @Override
    public List<OnlineResult> read(List<OnlineRead> requests) {
        if (requests.isEmpty()) {
            return List.of();
        }
        String attempted = "read " + names(requests);
        return attempt(attempted, requests.stream().map(OnlineRead::view).toList(), () -> {
            List<List<CompletableFuture<Lookup>>> started = new ArrayList<>(requests.size());
            for (OnlineRead request : requests) {
                started.add(start(client(attempted), request));
            }
            List<OnlineResult> results = new ArrayList<>(started.size());
            for (List<CompletableFuture<Lookup>> lookups : started) {
                results.add(result(lookups));
            }
            return results;
        });
    }

    /** A key that is asked for twice is read once. */
    private List<CompletableFuture<Lookup>> start(Client with, OnlineRead read) throws InterruptedException {
        Table table = table(read.view());
        List<Field> features = read.features();
        // Features are found faster by name than by reading past most of a wide view.
        boolean some = features.size() * 2 < read.view().features().size();
        PreparedStatement statement =
                with.statements().idempotent(some ? table.readSome() : table.read(), Cluster.READ);
        List<String> names = features.stream().map(Field::name).toList();
        Map<String, Integer> positions = EntityReader.positions(features);
        EntityKeyCodec keys = EntityKeyCodec.of(read.view().entityColumns());
        Map<EntityKey, CompletableFuture<Lookup>> byKey =
                HashMap.newHashMap(read.keys().size());
        List<CompletableFuture<Lookup>> lookups = new ArrayList<>(read.keys().size());
        for (EntityKey key : read.keys()) {
            CompletableFuture<Lookup> lookup = byKey.get(key);
            if (lookup == null) {
                String hex = HexFormat.of().formatHex(keys.encode(key));
                BoundStatement bound = some ? statement.bind(hex, names) : statement.bind(hex);
                EntityReader reader = new EntityReader(features, positions);
                lookup = reads.start(() -> with.session().executeAsync(bound).thenCompose(reader::read));
                byKey.put(key, lookup);
            }
            lookups.add(lookup);
        }
        return lookups;
    }

    private static OnlineResult result(List<CompletableFuture<Lookup>> lookups)
            throws InterruptedException, ExecutionException {
        List<Lookup> found = new ArrayList<>(lookups.size());
        for (CompletableFuture<Lookup> lookup : lookups) {
            found.add(lookup.get());
        }
        return new OnlineResult(found);
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        String attempted = "read all rows of view '%s'".formatted(view.name());
        EntityScan entities = attempt(
                attempted,
                List.of(view),
                () -> entities(client(attempted), table(view).scan()));
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        Map<String, Integer> positions = EntityReader.positions(view.features());
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(entities, Spliterator.NONNULL | Spliterator.IMMUTABLE),
                        false)
                .map(rows -> row(view, keys, positions, rows));
    }

    private static EntityScan entities(Client with, String cql) {
        return new EntityScan(with.session()
                .execute(SimpleStatement.newInstance(cql)
                        .setExecutionProfileName(Cluster.SLOW)
                        .setIdempotent(true))
                .iterator());
    }

    private OnlineRow row(FeatureView view, EntityKeyCodec keys, Map<String, Integer> positions, List<Row> rows) {
        Value[] values = new Value[view.features().size()];
        Arrays.fill(values, Value.Missing.MISSING);
        Instant event = Instant.EPOCH;
        Instant created = null;
        boolean first = true;
        for (Row row : rows) {
            Integer position = positions.get(row.getString(1));
            if (position != null) {
                values[position] = ValueCodec.decode(
                        EntityReader.bytes(row.getBytesUnsafe(2)),
                        view.features().get(position).type());
            }
            Instant rowEvent = Optional.ofNullable(row.getInstant(3)).orElse(Instant.EPOCH);
            Instant rowCreated = settings.keepsCreated() ? row.getInstant(4) : null;
            int order = first ? 1 : rowEvent.compareTo(event);
            if (order > 0 || (order == 0 && rowCreated != null && (created == null || rowCreated.isAfter(created)))) {
                event = rowEvent;
                created = rowCreated;
            }
            first = false;
        }
        return new OnlineRow(
                keys.decode(HexFormat.of().parseHex(EntityScan.key(rows))),
                List.of(values),
                event,
                Optional.ofNullable(created));
    }

    // ---- writes --------------------------------------------------------------------------------------------------

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        String attempted = "write %s of view '%s'".formatted(Counted.of(rows.size(), "row"), view.name());
        List<EntityWrite> entities = EntityWrite.of(view, rows, settings.keepsCreated());
        Table table = table(view);
        attempt(attempted, List.of(view), () -> {
            Client with = client(attempted);
            // Prepared here, so that a table that is missing is found before anything is written.
            with.statements().idempotent(table.state(), Cluster.WRITE);
            Fanout.Outcome<EntityWrite> outcome =
                    writes.forEach(entities, entity -> with.writer().write(table, entity));
            if (!outcome.failures().isEmpty()) {
                throw partly(attempted, outcome);
            }
            return view;
        });
    }

    /** Says which rows are stored; of the others the least certain failure decides what is known. */
    private StoreException partly(String attempted, Fanout.Outcome<EntityWrite> outcome) {
        List<Integer> applied = outcome.done().stream()
                .flatMap(entity -> entity.positions().stream())
                .sorted()
                .toList();
        return outcome.failure(failure -> Failures.of(settings.store(), attempted, applied, failure));
    }

    /**
     * Reads all of the view's times, and deletes the entities whose newest is before the limit, unless a newer row came in
     * between.
     */
    @Override
    public long purge(FeatureView view, Instant limit) {
        String attempted = "delete expired rows of view '%s'".formatted(view.name());
        Table table = table(view);
        return attempt(attempted, List.of(view), () -> {
            Client with = client(attempted);
            EntityScan entities = entities(with, table.times());
            long deleted = 0;
            while (entities.hasNext()) {
                List<Row> rows = entities.next();
                boolean expired = rows.stream()
                        .map(row -> Optional.ofNullable(row.getInstant(2)).orElse(Instant.MIN))
                        .allMatch(event -> event.isBefore(limit));
                if (expired && delete(with, table, rows)) {
                    deleted++;
                }
            }
            return deleted;
        });
    }

    private boolean delete(Client with, Table table, List<Row> rows) {
        return switch (settings.newestWins()) {
            case LWT -> deleteUnchanged(with, table, rows);
            case TIMESTAMP -> deleteStamped(with, table, rows);
        };
    }

    private static boolean deleteUnchanged(Client with, Table table, List<Row> rows) {
        PreparedStatement delete = with.statements().once(table.delete());
        BatchStatementBuilder batch = BatchStatement.builder(BatchType.UNLOGGED).setExecutionProfileName(Cluster.WRITE);
        for (Row row : rows) {
            batch.addStatement(delete.bind()
                    .setString(0, row.getString(0))
                    .setString(1, row.getString(1))
                    .setInstant(2, row.getInstant(2)));
        }
        return with.session().execute(batch.build()).wasApplied();
    }

    /** Under the newest stamp of the row: a deletion stamped by the clock would also delete what is written later. */
    private static boolean deleteStamped(Client with, Table table, List<Row> rows) {
        long newest = rows.stream().mapToLong(row -> row.getLong(3)).max().orElseThrow();
        with.session()
                .execute(with.statements()
                        .idempotent(table.deleteStamped(), Cluster.WRITE)
                        .bind(newest, EntityScan.key(rows)));
        return true;
    }

    // ---- infrastructure ------------------------------------------------------------------------------------------

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        EntityKeyCodec.requireStorable(changes.keep());
        return attempt("look at its tables", List.of(), () -> plan(client("look at its tables"), changes));
    }

    private List<InfraChange> plan(Client with, ViewChanges changes) {
        List<InfraChange> plan = new ArrayList<>();
        if (!keyspaceExists(with)) {
            if (settings.replication().isEmpty()) {
                throw keyspaceMissing();
            }
            if (!changes.keep().isEmpty()) {
                plan.add(new InfraChange(Action.CREATE, settings.type(), "keyspace", settings.keyspace()));
            }
        }
        Map<String, String> owners = owners(with);
        for (FeatureView view : changes.keep()) {
            if (!exists(table(view), owners)) {
                plan.add(change(Action.CREATE, table(view)));
            }
        }
        for (FeatureView view : changes.drop()) {
            if (isOurs(table(view), owners)) {
                plan.add(change(Action.DROP, table(view)));
            }
        }
        return List.copyOf(plan);
    }

    @Override
    public void update(ViewChanges changes) {
        EntityKeyCodec.requireStorable(changes.keep());
        String attempted = "create and drop tables";
        attempt(attempted, List.of(), () -> {
            Client with = client(attempted);
            for (InfraChange change : plan(with, changes)) {
                if (change.kind().equals("keyspace")) {
                    createKeyspace(with);
                }
            }
            Map<String, String> owners = owners(with);
            for (FeatureView view : changes.drop()) {
                if (isOurs(table(view), owners)) {
                    change(with, table(view).drop());
                }
            }
            for (FeatureView view : changes.keep()) {
                if (!exists(table(view), owners)) {
                    change(with, table(view).create());
                }
            }
            return changes;
        });
    }

    @Override
    public void teardown(List<FeatureView> views) {
        String attempted = "drop tables";
        attempt(attempted, List.of(), () -> {
            Client with = client(attempted);
            Map<String, String> owners = owners(with);
            for (FeatureView view : views) {
                if (isOurs(table(view), owners)) {
                    change(with, table(view).drop());
                }
            }
            return views;
        });
    }

    private boolean keyspaceExists(Client with) {
        return with.session()
                        .execute(SimpleStatement.newInstance(KEYSPACE, settings.keyspace())
                                .setExecutionProfileName(Cluster.SLOW))
                        .one()
                != null;
    }

    private void createKeyspace(Client with) {
        change(
                with,
                "CREATE KEYSPACE IF NOT EXISTS \"%s\" WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': %d}"
                        .formatted(settings.keyspace(), settings.replication().orElseThrow()));
    }

    private static void change(Client with, String cql) {
        with.session().execute(SimpleStatement.newInstance(cql).setExecutionProfileName(Cluster.SLOW));
    }

    /** The comment of each table there is, which names the owner if Manciple made it. */
    private Map<String, String> owners(Client with) {
        Map<String, String> owners = new HashMap<>();
        for (Row row : with.session()
                .execute(SimpleStatement.newInstance(TABLES, settings.keyspace())
                        .setExecutionProfileName(Cluster.SLOW))) {
            owners.put(row.getString(0), Optional.ofNullable(row.getString(1)).orElse(""));
        }
        return owners;
    }

    /**
     * @throws InvalidRequestException if the table is of another project or view, whose name joined with an underscore is the
     *     same
     */
    private boolean exists(Table table, Map<String, String> owners) {
        String owner = owners.get(table.name());
        if (owner != null && isAnothers(table, owner)) {
            throw new InvalidRequestException(
                    "Table '%s' of the %s belongs to (%s), and (%s) would need a table of the same name: rename one, or use another keyspace"
                            .formatted(table.name(), settings.store(), owner, table.owner()));
        }
        return owner != null;
    }

    private static boolean isOurs(Table table, Map<String, String> owners) {
        String owner = owners.get(table.name());
        return owner != null && !isAnothers(table, owner);
    }

    /** Tables that Feast made say nothing, and are taken at their name. */
    private static boolean isAnothers(Table table, String owner) {
        return owner.startsWith(Table.OWNER_START) && !owner.equals(table.owner());
    }

    @Override
    public void close() {
        client = null;
        cluster.close();
    }

    // ---- machinery -----------------------------------------------------------------------------------------------

    /** Something that talks to the cluster. */
    private interface Work<T> {
        T run() throws InterruptedException, ExecutionException;
    }

    /** @param views whose tables are needed */
    private <T> T attempt(String attempted, List<FeatureView> views, Work<T> work) {
        try {
            return work.run();
        } catch (InterruptedException e) {
            throw Failures.interrupted(settings.store(), attempted, e);
        } catch (ExecutionException e) {
            throw failure(attempted, views, InFlight.unwrapped(e));
        } catch (DriverException | IllegalStateException e) {
            throw failure(attempted, views, e);
        }
    }

    private RuntimeException failure(String attempted, List<FeatureView> views, Throwable cause) {
        if (cause instanceof InvalidQueryException) {
            Map<String, String> known = owners(client(attempted));
            for (FeatureView view : views) {
                if (!known.containsKey(table(view).name())) {
                    return tableMissing(view);
                }
            }
        }
        return Failures.of(settings.store(), attempted, cause);
    }

    private Client client(String attempted) {
        Client known = client;
        if (known == null) {
            Statements statements = new Statements(cluster.session(attempted));
            RowWriter writer = switch (settings.newestWins()) {
                case LWT -> new ConditionalWriter(statements, cluster.serial());
                case TIMESTAMP -> new StampingWriter(statements);
            };
            known = new Client(statements, writer);
            client = known;
        }
        return known;
    }

    private Table table(FeatureView view) {
        return Table.of(settings, project, view);
    }

    private NotFoundException tableMissing(FeatureView view) {
        return new NotFoundException(
                "Table",
                table(view).name(),
                "The %s has not been told of view '%s': apply the repository first"
                        .formatted(settings.store(), view.name()));
    }

    private NotFoundException keyspaceMissing() {
        return new NotFoundException(
                "Keyspace",
                settings.keyspace(),
                "Create it with the replication you need, for example: CREATE KEYSPACE %s WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 3}"
                        .formatted(settings.keyspace()));
    }

    private InfraChange change(Action action, Table table) {
        return new InfraChange(action, settings.type(), "table", table.name());
    }

    private static String names(List<OnlineRead> requests) {
        return requests.stream().map(read -> "'" + read.view().name() + "'").collect(joining(", ", "view ", ""));
    }
}
