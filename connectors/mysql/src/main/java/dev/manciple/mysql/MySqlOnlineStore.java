package dev.manciple.mysql;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException.Outcome;
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
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.internal.Counted;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.features.FeatureScan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An online store in MySQL or MariaDB, in Feast's layout: a table per view named {@code project_view}, a row per entity and
 * feature, keys as hexadecimal text, values as Feast's protobuf bytes, times in whole seconds.
 *
 * <p>The newest row of a key wins in the statement that stores it. A batch is written whole or not at all.
 */
final class MySqlOnlineStore implements OnlineStore {
    private static final Set<OnlineCapability> CAPABILITIES = Set.copyOf(EnumSet.of(
            OnlineCapability.NEWEST_WINS,
            OnlineCapability.KEEPS_CREATED,
            OnlineCapability.DELETE_ROWS,
            OnlineCapability.SCAN));
    private static final String STORE = "mysql";
    private static final byte[] NO_BYTES = {};
    /** Feature rows per statement: few round trips, and texts of statements that stay small. */
    private static final int ROWS_PER_STATEMENT = 250;

    private static final int KEYS_PER_STATEMENT = 500;
    private static final int FETCH_SIZE = 1000;

    private final String project;
    private final Database database;

    MySqlOnlineStore(MySqlConfig config, StoreContext context) {
        this.project = context.project();
        this.database = new Database(config, context.repoPath());
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
        String views = String.join(
                ", ", reads.stream().map(read -> "'" + read.view().name() + "'").toList());
        return database.read("read view " + views, connection -> {
            List<OnlineResult> results = new ArrayList<>(reads.size());
            for (OnlineRead read : reads) {
                results.add(new OnlineResult(lookups(connection, read)));
            }
            return results;
        });
    }

    /** What is known of one key while its features come in. */
    private static final class Found {
        private final Value[] values;
        private final Instant[] times;

        Found(int features) {
            this.values = new Value[features];
            this.times = new Instant[features];
            Arrays.fill(values, Value.Missing.MISSING);
            Arrays.fill(times, Instant.EPOCH);
        }

        Lookup lookup() {
            return new Lookup.Found(List.of(values), List.of(times));
        }
    }

    private List<Lookup> lookups(Connection connection, OnlineRead read) throws SQLException {
        EntityKeyCodec codec = EntityKeyCodec.of(read.view().entityColumns());
        List<String> keys =
                read.keys().stream().map(key -> StoredRow.key(codec, key)).toList();
        List<String> distinct = keys.stream().distinct().toList();
        Map<String, Found> found = HashMap.newHashMap(distinct.size());
        for (int from = 0; from < distinct.size(); from += KEYS_PER_STATEMENT) {
            List<String> some = distinct.subList(from, Math.min(from + KEYS_PER_STATEMENT, distinct.size()));
            read(connection, read, some, found);
        }
        return keys.stream()
                .map(key -> {
                    Found row = found.get(key);
                    return row == null ? Lookup.Absent.ABSENT : row.lookup();
                })
                .toList();
    }

    private void read(Connection connection, OnlineRead read, List<String> keys, Map<String, Found> found)
            throws SQLException {
        List<Field> features = read.features();
        Map<String, Integer> positions = FeatureScan.positions(features);
        // A key without any of the features asked for may still have a row: only all of them tell.
        String sql = Table.of(project, read.view()).read(keys.size());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < keys.size(); i++) {
                statement.setString(i + 1, keys.get(i));
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Found row = found.computeIfAbsent(rows.getString(1), key -> new Found(features.size()));
                    Integer position = positions.get(rows.getString(2));
                    if (position != null) {
                        row.values[position] = ValueCodec.decode(
                                bytes(rows, 3), features.get(position).type());
                        row.times[position] = Instant.ofEpochSecond(rows.getLong(4));
                    }
                }
            }
        }
    }

    /** The bytes of a column; the driver has null for none. */
    private static byte[] bytes(ResultSet rows, int column) throws SQLException {
        byte[] bytes = rows.getBytes(column);
        return bytes == null ? NO_BYTES : bytes;
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        List<StoredRow> stored = StoredRow.of(view, rows);
        if (stored.isEmpty()) {
            return;
        }
        Table table = Table.of(project, view);
        database.write("write %s of view '%s'".formatted(Counted.of(rows.size(), "row"), view.name()), connection -> {
            for (int from = 0; from < stored.size(); from += ROWS_PER_STATEMENT) {
                upsert(connection, table, stored.subList(from, Math.min(from + ROWS_PER_STATEMENT, stored.size())));
            }
            return stored.size();
        });
    }

    private static void upsert(Connection connection, Table table, List<StoredRow> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(table.upsert(rows.size()))) {
            for (int i = 0; i < rows.size(); i++) {
                rows.get(i).bind(statement, 5 * i + 1);
            }
            statement.executeUpdate();
        }
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        changes.keep().forEach(this::requireLayout);
        return database.read("look at its tables", connection -> {
            List<InfraChange> plan = new ArrayList<>();
            for (FeatureView view : changes.keep()) {
                if (owner(connection, Table.of(project, view)).isEmpty()) {
                    plan.add(change(Action.CREATE, view));
                }
                requireFree(connection, Table.of(project, view));
            }
            for (FeatureView view : changes.drop()) {
                if (mayDrop(connection, Table.of(project, view))) {
                    plan.add(change(Action.DROP, view));
                }
            }
            return List.copyOf(plan);
        });
    }

    private InfraChange change(Action action, FeatureView view) {
        return new InfraChange(action, STORE, "table", Table.of(project, view).name());
    }

    @Override
    public void update(ViewChanges changes) {
        changes.keep().forEach(this::requireLayout);
        database.change("create and drop tables", connection -> {
            for (FeatureView view : changes.keep()) {
                requireFree(connection, Table.of(project, view));
            }
            try (Statement statement = connection.createStatement()) {
                for (FeatureView view : changes.drop()) {
                    if (mayDrop(connection, Table.of(project, view))) {
                        statement.execute(Table.of(project, view).drop());
                    }
                }
                for (FeatureView view : changes.keep()) {
                    statement.execute(Table.of(project, view).create());
                }
            }
            return changes;
        });
    }

    /** What of a view does not fit is found before anything is done. */
    private void requireLayout(FeatureView view) {
        EntityKeyCodec.requireStorable(List.of(view));
        Table.of(project, view).requireName();
        Map<String, String> known = new HashMap<>();
        for (Field feature : view.features()) {
            if (feature.name().codePointCount(0, feature.name().length()) > 256) {
                throw new InvalidRequestException(
                        "Feature '%s' of view '%s' has a name of more than 256 characters, for which the table has no room"
                                .formatted(feature.name(), view.name()));
            }
            // Tables that Feast made compare names without regard to case, and every table without the spaces at their
            // end.
            String other = known.put(feature.name().stripTrailing().toLowerCase(Locale.ROOT), feature.name());
            if (other != null) {
                throw new InvalidRequestException(
                        "The features '%s' and '%s' of view '%s' have one name for MySQL, where case and spaces at the end do not count. Rename one of them"
                                .formatted(other, feature.name(), view.name()));
            }
        }
    }

    /** The comment of a table, empty where Feast made it; nothing if there is no such table. */
    private static Optional<String> owner(Connection connection, Table table) throws SQLException {
        String sql =
                "SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? Optional.of(Optional.ofNullable(rows.getString(1)).orElse(""))
                        : Optional.empty();
            }
        }
    }

    private void requireFree(Connection connection, Table table) throws SQLException {
        Optional<String> owner = owner(connection, table);
        if (owner.isPresent() && !owner.get().isEmpty() && !owner.get().equals(table.owner())) {
            throw new InvalidRequestException(
                    "%s and %s would share the table '%s' of the %s, where project and view are joined by an underscore. Rename one of them, or use another database for one of the projects"
                            .formatted(table.owner(), owner.get(), table.name(), database.name()));
        }
    }

    /** Not if the table is another's, which the view never had. */
    private static boolean mayDrop(Connection connection, Table table) throws SQLException {
        Optional<String> owner = owner(connection, table);
        return owner.isPresent() && (owner.get().isEmpty() || owner.get().equals(table.owner()));
    }

    @Override
    public void teardown(List<FeatureView> views) {
        update(new ViewChanges(List.of(), views));
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        Table table = Table.of(project, view);
        // The layout keeps whole seconds: a row of second s is older than the limit if s is.
        Instant before = limit.truncatedTo(ChronoUnit.SECONDS);
        Instant seconds = before.equals(limit) ? limit : before.plusSeconds(1);
        String time = StoredRow.time(seconds, "time to purge before");
        return database.writeAll("delete expired rows of view '%s'".formatted(view.name()), connection -> {
            long expired = count(connection, table.countExpired(), time);
            try (PreparedStatement statement = connection.prepareStatement(table.purge())) {
                statement.setString(1, time);
                statement.setString(2, time);
                statement.executeUpdate();
            }
            return expired;
        });
    }

    private static long count(Connection connection, String sql, String time) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, time);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        String attempted = "read all rows of view '%s'".formatted(view.name());
        Connection connection = null;
        try {
            connection = database.connect(Duration.ZERO);
            PreparedStatement statement =
                    connection.prepareStatement(Table.of(project, view).scan());
            statement.setFetchSize(FETCH_SIZE);
            FeatureScan scan = new FeatureScan(
                    view,
                    statement.executeQuery(),
                    rows -> HexFormat.of().parseHex(rows.getString(1)),
                    Instant::ofEpochSecond,
                    e -> database.failure(attempted, Outcome.NOT_APPLIED, e));
            Connection held = connection;
            return scan.stream().onClose(() -> close(held, attempted));
        } catch (SQLException e) {
            if (connection != null) {
                close(connection, attempted);
            }
            throw database.failure(attempted, Outcome.NOT_APPLIED, e);
        }
    }

    private void close(Connection connection, String attempted) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw database.failure(attempted, Outcome.NOT_APPLIED, e);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
