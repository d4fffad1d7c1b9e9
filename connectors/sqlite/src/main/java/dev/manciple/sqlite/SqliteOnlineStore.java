package dev.manciple.sqlite;

import static java.util.stream.Collectors.joining;

import dev.manciple.error.NotFoundException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.Neighbor;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.internal.Counted;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.ValueText;
import dev.manciple.wire.VectorLengths;
import dev.manciple.wire.features.FeatureScan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An online store in one SQLite file, in Feast's layout: a table per view named {@code project_view}, a row per entity and
 * feature, values as Feast's protobuf bytes, times in whole seconds since the epoch, UTC.
 *
 * <p>Writes are serialized in the process and wait for writers of other processes. Readers never wait for a writer.
 */
final class SqliteOnlineStore implements OnlineStore {
    private static final Set<OnlineCapability> CAPABILITIES = Set.copyOf(EnumSet.of(
            OnlineCapability.NEWEST_WINS,
            OnlineCapability.KEEPS_CREATED,
            OnlineCapability.DELETE_ROWS,
            OnlineCapability.SCAN,
            OnlineCapability.VECTOR_SEARCH));
    private static final String STORE = "sqlite";

    private final SqliteConfig config;
    private final String project;
    private final Database database;
    private final Map<Table, KnownTable> known = new ConcurrentHashMap<>();

    SqliteOnlineStore(SqliteConfig config, StoreContext context) {
        this.config = config;
        this.project = context.project();
        this.database = new Database(
                context.repoPath().resolve(Path.of(config.path())), config.busyTimeout(), config.maxReaders());
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public ChronoUnit timePrecision() {
        return ChronoUnit.SECONDS;
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        if (reads.isEmpty()) {
            return List.of();
        }
        requireFile(reads.getFirst().view());
        return database.read("read " + names(reads), session -> {
            List<OnlineResult> results = new ArrayList<>(reads.size());
            for (OnlineRead read : reads) {
                results.add(read(session, read));
            }
            return results;
        });
    }

    /**
     * One statement per key: in process a round trip costs nothing, and the key need not be fetched again with each of its
     * features.
     */
    private OnlineResult read(Session session, OnlineRead read) throws SQLException {
        Table table = Table.of(project, read.view());
        KnownTable known = known(session, table, read.view());
        try {
            return new OnlineResult(lookups(session, table, known.keys(), read));
        } catch (SQLException e) {
            throw failure(session, table, read.view(), e);
        }
    }

    private static List<Lookup> lookups(Session session, Table table, EntityKeyCodec keys, OnlineRead read)
            throws SQLException {
        List<Field> features = read.features();
        // Features are found faster by name than by reading past most of a wide view.
        boolean some = features.size() * 2 < read.view().features().size();
        PreparedStatement statement = session.prepare(table.read(some ? features.size() : 0));
        for (int i = 0; some && i < features.size(); i++) {
            statement.setString(i + 2, features.get(i).name());
        }
        Map<String, Integer> positions = FeatureScan.positions(features);
        List<Lookup> lookups = new ArrayList<>(read.keys().size());
        for (EntityKey key : read.keys()) {
            statement.setBytes(1, keys.encode(key));
            lookups.add(lookup(statement, features, positions));
        }
        return lookups;
    }

    private static Lookup lookup(PreparedStatement statement, List<Field> features, Map<String, Integer> positions)
            throws SQLException {
        Value[] values = new Value[features.size()];
        Arrays.fill(values, Value.Missing.MISSING);
        Instant[] times = new Instant[features.size()];
        Arrays.fill(times, Instant.EPOCH);
        Instant time = Instant.EPOCH;
        boolean found = false;
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found = true;
                Integer position = positions.get(rows.getString(1));
                if (position != null) {
                    values[position] = ValueCodec.decode(
                            Session.bytes(rows, 2), features.get(position).type());
                    long seconds = rows.getLong(3);
                    // Most features of an entity were written together: one object does for all of them.
                    time = time.getEpochSecond() == seconds ? time : Instant.ofEpochSecond(seconds);
                    times[position] = time;
                }
            }
        }
        return found ? new Lookup.Found(List.of(values), List.of(times)) : Lookup.Absent.ABSENT;
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        requireFile(view);
        VectorLengths.require(view, rows);
        Table table = Table.of(project, view);
        List<EncodedRow> encoded = EncodedRow.sorted(EntityKeyCodec.of(view.entityColumns()), rows);
        database.write("write %s of view '%s'".formatted(Counted.of(rows.size(), "row"), view.name()), session -> {
            Upsert upsert = known(session, table, view).upsert();
            try {
                return upsert(session.prepare(upsert.sql()), upsert, view.features(), encoded);
            } catch (SQLException e) {
                throw failure(session, table, view, e);
            }
        });
    }

    private int[] upsert(PreparedStatement statement, Upsert upsert, List<Field> features, List<EncodedRow> rows)
            throws SQLException {
        try {
            for (EncodedRow row : rows) {
                bind(statement, upsert, features, row);
            }
            return statement.executeBatch();
        } finally {
            // The session keeps the statement: what a row that cannot be encoded left in it would go out with the next
            // batch.
            statement.clearBatch();
        }
    }

    private void bind(PreparedStatement statement, Upsert upsert, List<Field> features, EncodedRow row)
            throws SQLException {
        for (int i = 0; i < features.size(); i++) {
            Value value = row.row().values().get(i);
            if (value != Value.Missing.MISSING) {
                bind(statement, upsert, features.get(i), value, row);
                statement.addBatch();
            }
        }
    }

    private void bind(PreparedStatement statement, Upsert upsert, Field feature, Value value, EncodedRow row)
            throws SQLException {
        statement.setBytes(1, row.key());
        statement.setString(2, feature.name());
        statement.setBytes(3, ValueCodec.encode(value, feature.type()));
        statement.setLong(4, row.row().eventTime().getEpochSecond());
        if (row.row().created().isPresent()) {
            statement.setLong(5, row.row().created().get().getEpochSecond());
        } else {
            statement.setNull(5, Types.BIGINT);
        }
        int next = 6;
        if (upsert.text()) {
            statement.setString(next++, ValueText.text(value, feature.type()));
        }
        if (upsert.number()) {
            statement.setObject(next++, ValueText.number(value));
        }
        if (upsert.vector()) {
            statement.setBytes(next, config.vectorEnabled() ? vector(value, feature.type()) : null);
        }
    }

    /** The raw 32-bit floats Feast's vector search reads; nothing for values that are no vector. */
    private static byte @Nullable [] vector(Value value, ValueType type) {
        boolean floats = type instanceof ValueType.ListOf(ValueType element) && element == ValueType.Scalar.FLOAT;
        if (!floats || !(value instanceof Value.Many many)) {
            return null;
        }
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * many.values().size()).order(ByteOrder.LITTLE_ENDIAN);
        for (Value element : many.values()) {
            bytes.putFloat(element instanceof Value.Real real ? (float) real.value() : Float.NaN);
        }
        return bytes.array();
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        EntityKeyCodec.requireStorable(changes.keep());
        if (!database.exists()) {
            return changes.keep().stream()
                    .map(view -> change(Action.CREATE, view))
                    .toList();
        }
        return database.read("look at its tables", session -> {
            TableOwners owners = TableOwners.of(session, database.file());
            List<InfraChange> plan = new ArrayList<>();
            for (FeatureView view : changes.keep()) {
                owners.requireFree(project, view);
                Set<String> columns = session.columns(Table.of(project, view));
                if (columns.isEmpty()) {
                    plan.add(change(Action.CREATE, view));
                } else if (!columns.containsAll(wantedColumns())) {
                    plan.add(change(Action.ALTER, view));
                }
            }
            for (FeatureView view : changes.drop()) {
                if (owners.mayDrop(project, view)
                        && !session.columns(Table.of(project, view)).isEmpty()) {
                    plan.add(change(Action.DROP, view));
                }
            }
            return List.copyOf(plan);
        });
    }

    @Override
    public void update(ViewChanges changes) {
        EntityKeyCodec.requireStorable(changes.keep());
        if (changes.keep().isEmpty() && !database.exists()) {
            return;
        }
        known.clear();
        database.write("create and drop tables", session -> {
            TableOwners owners = TableOwners.of(session, database.file());
            for (FeatureView view : changes.drop()) {
                if (owners.mayDrop(project, view)) {
                    session.execute(Table.of(project, view).drop());
                    owners.forget(project, view);
                }
            }
            for (FeatureView view : changes.keep()) {
                owners.requireFree(project, view);
                create(session, Table.of(project, view));
                owners.record(project, view);
            }
            return changes;
        });
    }

    private void create(Session session, Table table) throws SQLException {
        for (String statement : table.create(config.enableOpenaiCompatibleStore())) {
            session.execute(statement);
        }
        Set<String> columns = session.columns(table);
        for (String wanted : wantedColumns()) {
            if (!columns.contains(wanted)) {
                session.execute(table.addColumn(wanted));
            }
        }
    }

    private List<String> wantedColumns() {
        return Table.laterColumns(config.enableOpenaiCompatibleStore());
    }

    @Override
    public void teardown(List<FeatureView> views) {
        update(new ViewChanges(List.of(), views));
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        requireFile(view);
        Table table = Table.of(project, view);
        long seconds = wholeSeconds(limit);
        return database.write("delete expired rows of view '%s'".formatted(view.name()), session -> {
            known(session, table, view);
            long expired = count(session.prepare(table.countExpired()), seconds);
            PreparedStatement delete = session.prepare(table.purge());
            delete.setLong(1, seconds);
            delete.executeUpdate();
            return expired;
        });
    }

    /** The layout keeps whole seconds: a row of second s is older than a limit if s is less than this. */
    private static long wholeSeconds(Instant limit) {
        return limit.getNano() == 0 ? limit.getEpochSecond() : limit.getEpochSecond() + 1;
    }

    private static long count(PreparedStatement statement, long parameter) throws SQLException {
        statement.setLong(1, parameter);
        try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        requireFile(view);
        String attempted = "read all rows of view '%s'".formatted(view.name());
        Table table = Table.of(project, view);
        Session session = database.borrow(attempted);
        try {
            known(session, table, view);
            ResultSet rows = session.prepare(table.scan()).executeQuery();
            FeatureScan scan = new FeatureScan(
                    view, rows, row -> row.getBytes(1), Instant::ofEpochSecond, e -> database.failure(attempted, e));
            return scan.stream().onClose(() -> endScan(session, rows));
        } catch (SQLException e) {
            database.giveBack(session);
            throw database.failure(attempted, e);
        } catch (RuntimeException e) {
            database.giveBack(session);
            throw e;
        }
    }

    private void endScan(Session session, ResultSet rows) {
        try {
            rows.close();
        } catch (SQLException e) {
            throw database.failure("end a scan", e);
        } finally {
            database.giveBack(session);
        }
    }

    /** An exact search: every vector of the view is looked at, so it takes as long as the view is large. */
    @Override
    public List<Neighbor> search(VectorQuery query) {
        requireFile(query.view());
        Table table = Table.of(project, query.view());
        return database.read("search feature view '%s'".formatted(query.view().name()), session -> {
            EntityKeyCodec keys = known(session, table, query.view()).keys();
            List<Nearest.Hit> hits = nearest(session, table, keys, query);
            OnlineRead read = new OnlineRead(
                    query.view(), hits.stream().map(Nearest.Hit::entity).toList(), query.features());
            List<Lookup> rows = lookups(session, table, keys, read);
            List<Neighbor> neighbors = new ArrayList<>();
            for (int i = 0; i < hits.size(); i++) {
                // A row may have gone since its vector was seen.
                if (rows.get(i) instanceof Lookup.Found row) {
                    neighbors.add(new Neighbor(read.keys().get(i), hits.get(i).distance(), row));
                }
            }
            return neighbors;
        });
    }

    private static List<Nearest.Hit> nearest(Session session, Table table, EntityKeyCodec keys, VectorQuery query)
            throws SQLException {
        ValueType type = query.view().features().stream()
                .filter(field -> field.name().equals(query.vector()))
                .findFirst()
                .map(Field::type)
                .orElseThrow(() -> new NotFoundException("Feature", query.view().name() + ":" + query.vector()));
        Nearest nearest = new Nearest(query, keys);
        long freshFrom = wholeSeconds(query.freshFrom());
        PreparedStatement statement = session.prepare(table.feature());
        statement.setString(1, query.vector());
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                if (rows.getLong(3) >= freshFrom) {
                    nearest.look(rows.getBytes(1), ValueCodec.decode(Session.bytes(rows, 2), type));
                }
            }
        }
        return nearest.nearestFirst();
    }

    @Override
    public void close() {
        database.close();
    }

    /** What reads and writes of a table need, worked out once: asking the file each time would cost more than the read. */
    private record KnownTable(Upsert upsert, List<Field> keyColumns, EntityKeyCodec keys) {
        static KnownTable of(Table table, Set<String> columns, List<Field> keyColumns) {
            return new KnownTable(Upsert.into(table, columns), keyColumns, EntityKeyCodec.of(keyColumns));
        }
    }

    /** @throws NotFoundException if the file has no table for the view */
    private KnownTable known(Session session, Table table, FeatureView view) throws SQLException {
        KnownTable before = known.get(table);
        if (before != null && before.keyColumns().equals(view.entityColumns())) {
            return before;
        }
        Set<String> columns = session.columns(table);
        if (columns.isEmpty()) {
            throw missing(view);
        }
        KnownTable now = KnownTable.of(table, columns, view.entityColumns());
        known.put(table, now);
        return now;
    }

    /** A table that another process has dropped since is missing, which says more than what the driver says. */
    private SQLException failure(Session session, Table table, FeatureView view, SQLException failure)
            throws SQLException {
        if (session.columns(table).isEmpty()) {
            known.remove(table);
            throw missing(view);
        }
        return failure;
    }

    private void requireFile(FeatureView view) {
        if (!database.exists()) {
            throw missing(view);
        }
    }

    private NotFoundException missing(FeatureView view) {
        return new NotFoundException(
                "Table",
                Table.of(project, view).name(),
                "The SQLite store '%s' has not been told of view '%s': apply the repository first"
                        .formatted(database.file(), view.name()));
    }

    private InfraChange change(Action action, FeatureView view) {
        return new InfraChange(action, STORE, "table", Table.of(project, view).name());
    }

    private static String names(List<OnlineRead> reads) {
        return reads.stream().map(read -> "'" + read.view().name() + "'").collect(joining(", ", "view ", ""));
    }
}
