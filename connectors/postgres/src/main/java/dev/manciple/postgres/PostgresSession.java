package dev.manciple.postgres;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import dev.manciple.error.StoreException;
import dev.manciple.sql.Sql;
import dev.manciple.sql.SqlSession;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * One transaction on a connection of its own, with one on a second connection where entity rows are {@link #loadInParts}. Unless it is
 * committed, all it did is undone when it closes, temporary tables included; a connection that is lost has the same end.
 */
final class PostgresSession implements SqlSession {
    private static final String TAKE_IN = "take in the entity rows";

    private final Connection connection;
    private final PGConnection driver;
    private final String title;
    private final Interrupts interrupts;
    private final Beside beside;
    private final End end;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean clean = true;
    private volatile @Nullable PostgresSession second;

    /** What becomes of a session's connection. */
    interface End {
        /**
         * @param clean whether the connection is open still, and has nothing of the session's but what only concerns the server's
         *     own functions: the last values of sequences, the seed of {@code random()}
         */
        void of(PostgresSession session, boolean clean);
    }

    /** Where a session finds a second one. */
    interface Beside {
        /**
         * A session whose transaction sees what another one sees, closed by that one; empty where it would have to be waited for.
         *
         * @param snapshot the name under which the other one shares it
         */
        Optional<PostgresSession> seeing(String snapshot);
    }

    /**
     * @param connection closed with the session, or left to {@code end}
     * @param end told once
     */
    PostgresSession(Connection connection, String title, Interrupts interrupts, Beside beside, End end)
            throws SQLException {
        this.connection = connection;
        this.driver = connection.unwrap(PGConnection.class);
        this.title = title;
        this.interrupts = interrupts;
        this.beside = beside;
        this.end = end;
    }

    <T> T waiting(String attempted, Interrupts.Waiting<T> waiting) {
        try {
            return interrupts.during(driver, waiting, this::spoil);
        } catch (SQLException e) {
            spoil();
            throw failed(attempted, e);
        }
    }

    /** Nobody is to use the connection after this session, in which something was stopped, failed or is to stay. */
    void spoil() {
        clean = false;
    }

    private FeatureStoreException failed(String attempted, SQLException e) {
        return Failures.wrap(title, attempted, StoreException.Outcome.NOT_APPLIED, e);
    }

    @Override
    public void execute(Sql sql) {
        update("run a statement", sql);
    }

    /** Runs a statement and returns how many rows it changed or made. */
    long update(String attempted, Sql sql) {
        return waiting(attempted, () -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql.text());
                return Math.max(0, statement.getLargeUpdateCount());
            }
        });
    }

    void commit(String attempted) {
        // Temporary tables stay too.
        spoil();
        try {
            connection.commit();
        } catch (SQLException e) {
            throw Failures.wrap(title, attempted, StoreException.Outcome.MAYBE, e);
        }
    }

    /** The rows of a small query, as text; nulls are empty. */
    List<List<String>> rows(String attempted, Sql query) {
        return waiting(attempted, () -> {
            try (Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery(query.text())) {
                List<List<String>> rows = new ArrayList<>();
                int columns = found.getMetaData().getColumnCount();
                while (found.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= columns; i++) {
                        row.add(Optional.ofNullable(found.getString(i)).orElse(""));
                    }
                    rows.add(row);
                }
                return rows;
            }
        });
    }

    /**
     * The columns of something that can stand after FROM, in order.
     *
     * @param attempted such as {@code describe source 'trips'}
     */
    List<PgColumn> columns(String attempted, Sql from) {
        return waiting(attempted, () -> {
            try (Statement statement = connection.createStatement();
                    ResultSet none = statement.executeQuery(Sql.of("SELECT * FROM {} AS described LIMIT 0", from)
                            .text())) {
                List<PgColumn> columns = new ArrayList<>();
                for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
                    columns.add(new PgColumn(
                            none.getMetaData().getColumnLabel(i),
                            none.getMetaData().getColumnTypeName(i),
                            none.getMetaData().getPrecision(i),
                            none.getMetaData().getScale(i)));
                }
                return columns;
            }
        });
    }

    @Override
    public ArrowReader query(Sql query, BufferAllocator allocator) {
        List<PgColumn> columns = columns("run a query", Sql.of("({})", query));
        List<Field> fields = columns.stream().map(PgColumn::field).toList();
        return copyOut(query, new Schema(fields), types(columns), allocator);
    }

    @Override
    public ArrowReader query(Sql query, Schema expected, BufferAllocator allocator) {
        List<PgColumn> columns = columns("run a query", Sql.of("({})", query));
        Schema plain = new Schema(
                expected.getFields().stream().map(PostgresSession::plain).toList());
        return copyOut(query, plain, types(columns), allocator);
    }

    private static List<PgType> types(List<PgColumn> columns) {
        return columns.stream()
                .map(column -> column.type()
                        .orElseThrow(() ->
                                new InternalException("Column '%s' of a query is of the type %s, which is not read"
                                        .formatted(column.name(), column.typeName()))))
                .toList();
    }

    /** Text and bytes in their usual layout; the caller lays them out as was asked. */
    private static Field plain(Field field) {
        return switch (field.getType()) {
            case ArrowType.LargeUtf8 wide -> retyped(field, ArrowType.Utf8.INSTANCE);
            case ArrowType.Utf8View view -> retyped(field, ArrowType.Utf8.INSTANCE);
            case ArrowType.LargeBinary wide -> retyped(field, ArrowType.Binary.INSTANCE);
            case ArrowType.BinaryView view -> retyped(field, ArrowType.Binary.INSTANCE);
            case ArrowType.FixedSizeBinary fixed -> retyped(field, ArrowType.Binary.INSTANCE);
            case ArrowType other -> field;
        };
    }

    private static Field retyped(Field field, ArrowType type) {
        return new Field(field.getName(), FieldType.nullable(type), List.of());
    }

    private ArrowReader copyOut(Sql query, Schema schema, List<PgType> types, BufferAllocator allocator) {
        Sql command = Sql.of("COPY (\n{}\n) TO STDOUT (FORMAT binary)", query);
        PostgresSession other = second;
        List<CopyStream> parts = other == null ? List.of(stream(command)) : SideBySide.begin(command, this, other);
        return new CopyReader(parts, schema, types, allocator);
    }

    /** The rows of a {@code COPY}. The server says nothing before it has the first of them. */
    CopyStream stream(Sql command) {
        return new CopyStream(
                this, waiting("run a query", () -> driver.getCopyAPI().copyOut(command.text())));
    }

    CopyIn copyIn(String attempted, Sql command) {
        return waiting(attempted, () -> driver.getCopyAPI().copyIn(command.text()));
    }

    /** Creates a temporary table of entity rows, in the form they are carried. */
    @Override
    public void load(Sql relation, ArrowReader rows) {
        createTemporary(relation, root(rows).getSchema());
        copyIn(TAKE_IN, relation, rows, ColumnEncoder::carried);
        execute(Sql.of("ANALYZE {}", relation));
    }

    private void createTemporary(Sql relation, Schema schema) {
        execute(Sql.of(
                "CREATE TEMPORARY TABLE {} (\n  {}\n)",
                relation,
                Sql.join(
                        ",\n  ",
                        schema.getFields().stream()
                                .map(field -> Sql.of(
                                        "{} {}",
                                        Names.quoted(field.getName()),
                                        ColumnForms.carried(field).sql())))));
    }

    /**
     * As {@link #load}, but over two connections if there are many and another connection is free at once: a process of the server works
     * for one only. The second sees the same state of the database. No statistics are gathered: all a divisible query can do with
     * entity rows is to look for each one's features.
     */
    @Override
    public void loadInParts(Sql relation, ArrowReader rows) {
        VectorSchemaRoot root = root(rows);
        List<ColumnEncoder> columns =
                root.getFieldVectors().stream().map(ColumnEncoder::carried).toList();
        String snapshot = rows("share what it sees", Sql.of("SELECT pg_export_snapshot()"))
                .getFirst()
                .getFirst();
        createTemporary(relation, root.getSchema());
        try (PartedWriter writer = new PartedWriter(
                CopyWriter.into(relation, this, TAKE_IN), () -> second(snapshot, relation, root.getSchema()))) {
            while (next(rows)) {
                writer.write(columns, root.getRowCount());
            }
            writer.finish();
        }
    }

    private Optional<CopyWriter> second(String snapshot, Sql relation, Schema schema) {
        Optional<PostgresSession> other = beside.seeing(snapshot);
        second = other.orElse(null);
        return other.map(session -> {
            session.createTemporary(relation, schema);
            return CopyWriter.into(relation, session, TAKE_IN);
        });
    }

    /** Appends rows to a table, in the form they are stored; the columns are of those types and in this order. */
    long store(String attempted, Sql tableAndColumns, ArrowReader rows) {
        return copyIn(attempted, tableAndColumns, rows, ColumnEncoder::stored);
    }

    private long copyIn(String attempted, Sql table, ArrowReader rows, Function<FieldVector, ColumnEncoder> form) {
        VectorSchemaRoot root = root(rows);
        List<ColumnEncoder> columns = root.getFieldVectors().stream().map(form).toList();
        try (CopyWriter writer = CopyWriter.into(table, this, attempted)) {
            while (next(rows)) {
                writer.write(columns, 0, root.getRowCount());
            }
            return writer.finish();
        }
    }

    private VectorSchemaRoot root(ArrowReader rows) {
        try {
            return rows.getVectorSchemaRoot();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private boolean next(ArrowReader rows) {
        try {
            return rows.loadNextBatch();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private StoreException unreadable(IOException e) {
        return new StoreException(title, "read the rows given", false, StoreException.Outcome.NOT_APPLIED, e);
    }

    @Override
    public void close() {
        PostgresSession other = second;
        if (closed.compareAndSet(false, true)) {
            try (other) {
                end.of(this, undo());
            }
        }
    }

    /** Whether the connection can be used again; if not, it is closed. */
    private boolean undo() {
        try {
            if (!connection.isClosed()) {
                connection.rollback();
            }
            if (clean) {
                unlock();
            }
        } catch (SQLException | RuntimeException e) {
            // Nothing was promised since the last commit, and the server undoes the rest by itself.
            spoil();
        }
        if (!clean) {
            IdleConnections.close(connection);
        }
        return clean;
    }

    /** Locks that a query of somebody's took for the session outlive its transaction. */
    private void unlock() throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_unlock_all()");
        }
        connection.setAutoCommit(false);
    }
}
