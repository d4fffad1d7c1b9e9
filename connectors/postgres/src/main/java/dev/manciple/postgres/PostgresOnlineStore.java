package dev.manciple.postgres;

import static java.util.stream.Collectors.joining;

import com.zaxxer.hikari.HikariConfig;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.FeatureView;
import dev.manciple.postgres.FeatureRows.FeatureRow;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.internal.Counted;
import dev.manciple.sql.Dialect;
import dev.manciple.sql.Sql;
import dev.manciple.sql.jdbc.ConnectionPool;
import dev.manciple.wire.EntityKeyCodec;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/**
 * An online store in one schema of a PostgreSQL database, in Feast's layout: a table per view, a row per entity and feature, values as
 * Feast's protobuf bytes, times in microseconds. The newest row of a key wins in the statement that stores it.
 *
 * <p>A request over many keys and views is one statement.
 */
final class PostgresOnlineStore implements OnlineStore {
    private static final String STORE = "postgres";
    private static final Set<OnlineCapability> CAPABILITIES = Set.copyOf(EnumSet.of(
            OnlineCapability.NEWEST_WINS,
            OnlineCapability.KEEPS_CREATED,
            OnlineCapability.DELETE_ROWS,
            OnlineCapability.SCAN));
    private static final int ROWS_PER_STATEMENT = 10_000;
    /** For what looks at all rows of a table. */
    private static final Duration AS_LONG_AS_IT_TAKES = Duration.ZERO;

    private static final long LEAST_VALIDATION_MILLIS = 250;
    private static final long MOST_VALIDATION_MILLIS = 5_000;

    private static final String CONNECTION_LOST = "08006";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String UNDEFINED_SCHEMA = "3F000";

    private final PostgresOnlineConfig config;
    private final String project;
    private final Postgres server;
    private final ConnectionPool pool;
    /** Whether the table of a view has the column for numbers, by the table's name. */
    private final Map<String, Boolean> numbers = new ConcurrentHashMap<>();

    PostgresOnlineStore(PostgresOnlineConfig config, StoreContext context) {
        this.config = config;
        this.project = context.project();
        this.server = new Postgres(config.address(), context.repoPath());
        this.pool = new ConnectionPool(
                settings(),
                () -> server.connect().close(),
                waiting -> waiting.unwrap(PGConnection.class).cancelQuery(),
                config.connectTimeout());
    }

    private HikariConfig settings() {
        HikariConfig settings = new HikariConfig();
        settings.setPoolName(server.title());
        settings.setDataSource(server.driver());
        settings.setMaximumPoolSize(config.maxConn());
        settings.setMinimumIdle(config.connType() == ConnectionType.POOL ? config.minConn() : 0);
        settings.setValidationTimeout(
                Math.clamp(config.connectTimeout().toMillis() / 2, LEAST_VALIDATION_MILLIS, MOST_VALIDATION_MILLIS));
        return settings;
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return CAPABILITIES;
    }

    private <T> T reading(String attempted, List<FeatureView> views, Duration silence, ConnectionPool.Work<T> work) {
        try {
            return pool.lend(silence, work);
        } catch (SQLException e) {
            throw failed(attempted, Outcome.NOT_APPLIED, views, e);
        }
    }

    /** All of the work or none of it. */
    private <T> T changing(String attempted, List<FeatureView> views, Duration silence, ConnectionPool.Work<T> work) {
        try {
            return pool.transact(silence, work);
        } catch (ConnectionPool.UncertainException e) {
            throw failed(attempted, Outcome.MAYBE, views, e.reason());
        } catch (SQLException e) {
            throw failed(attempted, Outcome.NOT_APPLIED, views, e);
        }
    }

    private FeatureStoreException failed(String attempted, Outcome outcome, List<FeatureView> views, SQLException e) {
        if (UNDEFINED_TABLE.equals(e.getSQLState()) || UNDEFINED_SCHEMA.equals(e.getSQLState())) {
            return new NotFoundException(
                    "Table",
                    views.stream().map(view -> table(view).name()).collect(joining("' or '")),
                    "%s has not been told of it: apply the repository first".formatted(server.title()));
        }
        return Failures.wrap(server.title(), attempted, outcome, isSilence(e) ? silence(e) : e);
    }

    /** Whether a connection that was there was given up since nothing came over it. */
    private static boolean isSilence(SQLException e) {
        return CONNECTION_LOST.equals(e.getSQLState()) && e.getCause() instanceof SocketTimeoutException;
    }

    private SQLException silence(SQLException e) {
        return new SQLException(
                "it did not answer within 'timeout', %d ms: see what keeps the server busy, or raise it"
                        .formatted(config.timeout().toMillis()),
                e.getSQLState(),
                e);
    }

    private OnlineTable table(FeatureView view) {
        return new OnlineTable(config.dbSchema(), project, view);
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        List<ViewRead> views = reads.stream().map(ViewRead::of).toList();
        List<ViewRead> asked = views.stream().filter(view -> !view.isEmpty()).toList();
        if (!asked.isEmpty()) {
            reading("read " + names(reads), views(reads), config.timeout(), connection -> {
                answer(connection, asked);
                return asked;
            });
        }
        return views.stream().map(ViewRead::result).toList();
    }

    private void answer(Connection connection, List<ViewRead> asked) throws SQLException {
        List<Sql> parts = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            parts.add(table(asked.get(i).view()).read(i, asked.get(i).some()));
        }
        try (PreparedStatement statement =
                connection.prepareStatement(Sql.join("\nUNION ALL\n", parts).text())) {
            int parameter = 1;
            for (ViewRead view : asked) {
                statement.setArray(parameter++, connection.createArrayOf("bytea", view.keys()));
                if (view.some()) {
                    statement.setArray(parameter++, connection.createArrayOf("text", view.names()));
                }
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    asked.get(rows.getInt(1))
                            .take(rows.getBytes(2), rows.getString(3), rows.getBytes(4), rows.getLong(5));
                }
            }
        }
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        OnlineTable table = table(view);
        List<FeatureRow> features = FeatureRows.of(EntityKeyCodec.of(view.entityColumns()), view.features(), rows);
        String attempted = "write %s of view '%s'".formatted(Counted.of(rows.size(), "row"), view.name());
        changing(attempted, List.of(view), config.timeout(), connection -> {
            boolean number = hasNumbers(connection, table);
            try (PreparedStatement statement =
                    connection.prepareStatement(table.upsert(number).text())) {
                for (int from = 0; from < features.size(); from += ROWS_PER_STATEMENT) {
                    List<FeatureRow> some =
                            features.subList(from, Math.min(features.size(), from + ROWS_PER_STATEMENT));
                    bind(connection, statement, some, number);
                    statement.executeUpdate();
                }
            }
            return rows;
        });
    }

    private static void bind(
            Connection connection, PreparedStatement statement, List<FeatureRow> rows, boolean withNumber)
            throws SQLException {
        Stream<FeatureRow> keys = rows.stream();
        statement.setArray(
                1, connection.createArrayOf("bytea", keys.map(row -> row.key).toArray(byte[][]::new)));
        statement.setArray(
                2,
                connection.createArrayOf(
                        "text", rows.stream().map(row -> row.name).toArray()));
        statement.setArray(
                3,
                connection.createArrayOf(
                        "bytea", rows.stream().map(row -> row.value).toArray(byte[][]::new)));
        statement.setArray(
                4,
                connection.createArrayOf(
                        "int8", rows.stream().map(row -> row.event).toArray(Long[]::new)));
        statement.setArray(
                5,
                connection.createArrayOf(
                        "int8", rows.stream().map(row -> row.created).toArray(Long[]::new)));
        statement.setArray(
                6,
                connection.createArrayOf(
                        "text", rows.stream().map(row -> row.text).toArray(String[]::new)));
        if (withNumber) {
            statement.setArray(
                    7,
                    connection.createArrayOf(
                            "float8", rows.stream().map(row -> row.number).toArray(Double[]::new)));
        }
    }

    /** Feast fills the column where it exists, also where the option is off by now. */
    private boolean hasNumbers(Connection connection, OnlineTable table) throws SQLException {
        Boolean known = numbers.get(table.name());
        if (known == null) {
            known = Existing.of(connection, table).columns().contains(OnlineTable.NUMBER);
            numbers.put(table.name(), known);
        }
        return known;
    }

    /**
     * What is in the server under a table's name.
     *
     * @param indexOf the table of an index; empty where it is a table itself
     */
    private record Existing(Set<String> columns, String comment, String indexOf) {
        static Existing of(Connection connection, OnlineTable table) throws SQLException {
            Set<String> columns = new HashSet<>();
            String comment = "";
            String indexOf = "";
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(table.describe().text())) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                    comment = Objects.requireNonNullElse(rows.getString(2), "");
                    indexOf = Objects.requireNonNullElse(rows.getString(3), "");
                }
            }
            return new Existing(columns, comment, indexOf);
        }

        /** Feast's tables have no comment and are whose name they bear. */
        boolean isOf(OnlineTable table) {
            return indexOf.isEmpty() && (columns.isEmpty() || comment.isEmpty() || comment.equals(table.owner()));
        }
    }

    private void requireOwn(Existing existing, OnlineTable table) {
        if (!existing.indexOf().isEmpty()) {
            throw new InvalidRequestException(
                    "The %s would have the table '%s' of %s, which is the name of an index of the table %s there%s: rename the view, or let 'db_schema' of the online store name another schema"
                            .formatted(
                                    table.owner(),
                                    table.name(),
                                    server.title(),
                                    existing.indexOf(),
                                    existing.comment().isEmpty() ? "" : ", of " + existing.comment()));
        }
        if (!existing.isOf(table)) {
            throw new InvalidRequestException(
                    "The %s and the %s would share the table '%s' of %s, where project and view are joined by an underscore: rename one of them, or let 'db_schema' of the online store name another schema for one of the projects"
                            .formatted(table.owner(), existing.comment(), table.name(), server.title()));
        }
    }

    private void refuseVectors() {
        if (config.vectorEnabled()) {
            throw new UnsupportedException(
                    OnlineCapability.VECTOR_SEARCH.name(),
                    "vectors in PostgreSQL, which need the extension pgvector: leave 'vector_enabled' out");
        }
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        refuseVectors();
        EntityKeyCodec.requireStorable(changes.keep());
        return reading("look at its tables", List.of(), config.timeout(), connection -> {
            List<InfraChange> plan = new ArrayList<>();
            for (FeatureView view : changes.keep()) {
                OnlineTable table = table(view);
                Existing existing = Existing.of(connection, table);
                requireOwn(existing, table);
                if (existing.columns().isEmpty()) {
                    plan.add(change(Action.CREATE, table));
                } else if (!existing.columns().containsAll(wanted())) {
                    plan.add(change(Action.ALTER, table));
                }
            }
            for (FeatureView view : changes.drop()) {
                OnlineTable table = table(view);
                Existing existing = Existing.of(connection, table);
                if (!existing.columns().isEmpty() && existing.isOf(table)) {
                    plan.add(change(Action.DROP, table));
                }
            }
            return List.copyOf(plan);
        });
    }

    private List<String> wanted() {
        return config.enableOpenaiCompatibleStore()
                ? List.of(OnlineTable.TEXT, OnlineTable.VECTOR, OnlineTable.NUMBER)
                : List.of(OnlineTable.TEXT, OnlineTable.VECTOR);
    }

    private static InfraChange change(Action action, OnlineTable table) {
        return new InfraChange(action, STORE, "table", table.name());
    }

    @Override
    public void update(ViewChanges changes) {
        refuseVectors();
        EntityKeyCodec.requireStorable(changes.keep());
        numbers.clear();
        changing("create and drop tables", List.of(), AS_LONG_AS_IT_TAKES, connection -> {
            try (Statement statement = connection.createStatement()) {
                // Two who apply at once would both find a table missing.
                statement.execute("SELECT pg_advisory_xact_lock(hashtext('manciple'))");
                for (FeatureView view : changes.drop()) {
                    OnlineTable table = table(view);
                    if (Existing.of(connection, table).isOf(table)) {
                        statement.execute(table.drop().text());
                    }
                }
                if (!changes.keep().isEmpty()) {
                    createSchema(statement);
                }
                for (FeatureView view : changes.keep()) {
                    OnlineTable table = table(view);
                    requireOwn(Existing.of(connection, table), table);
                    for (Sql part : table.create(config.enableOpenaiCompatibleStore())) {
                        statement.execute(part.text());
                    }
                }
            }
            return changes;
        });
    }

    /** Only where it is missing: who may use a schema need not be allowed to create one. */
    private void createSchema(Statement statement) throws SQLException {
        try (ResultSet schema = statement.executeQuery(
                Sql.of("SELECT 1 FROM pg_namespace WHERE nspname = {}", Sql.literal(config.dbSchema()))
                        .text())) {
            if (schema.next()) {
                return;
            }
        }
        statement.execute(Sql.of("CREATE SCHEMA IF NOT EXISTS {}", Names.quoted(config.dbSchema()))
                .text());
    }

    @Override
    public void teardown(List<FeatureView> views) {
        update(new ViewChanges(List.of(), views));
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        OnlineTable table = table(view);
        // The layout keeps whole microseconds: a row is older than the limit if it is older than the next of them.
        boolean whole = limit.truncatedTo(timePrecision()).equals(limit);
        long micros = Dialect.micros(limit) + (whole ? 0 : 1);
        Sql time = new PostgresDialect().instant(Sql.literal(micros));
        return changing(
                "delete expired rows of view '%s'".formatted(view.name()),
                List.of(view),
                AS_LONG_AS_IT_TAKES,
                connection -> number(connection, table.purge(time)));
    }

    @Override
    public long count(FeatureView view) {
        return reading(
                "count the rows of view '%s'".formatted(view.name()),
                List.of(view),
                AS_LONG_AS_IT_TAKES,
                connection -> number(connection, table(view).count()));
    }

    private static long number(Connection connection, Sql query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query.text())) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        try {
            return RowScan.open(
                    pool.borrow(AS_LONG_AS_IT_TAKES),
                    table(view),
                    e -> failed(
                            "read all rows of view '%s'".formatted(view.name()),
                            Outcome.NOT_APPLIED,
                            List.of(view),
                            e));
        } catch (SQLException e) {
            throw failed("read all rows of view '%s'".formatted(view.name()), Outcome.NOT_APPLIED, List.of(view), e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    private static List<FeatureView> views(List<OnlineRead> reads) {
        return reads.stream().map(OnlineRead::view).toList();
    }

    private static String names(List<OnlineRead> reads) {
        return reads.stream().map(read -> "'" + read.view().name() + "'").collect(joining(", ", "view ", ""));
    }
}
