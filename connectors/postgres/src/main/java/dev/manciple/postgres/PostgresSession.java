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
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * One transaction on a connection of its own. Unless it is committed, all it did is undone when it closes, temporary tables
 * included; a connection that is lost has the same end.
 */
final class PostgresSession implements SqlSession {
    private static final int SEND_AT = 1 << 16;
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};

    private final Connection connection;
    private final PGConnection driver;
    private final String title;
    private final Interrupts interrupts;
    private final Consumer<PostgresSession> onClose;

    /** @param connection closed with the session */
    PostgresSession(Connection connection, String title, Interrupts interrupts, Consumer<PostgresSession> onClose)
            throws SQLException {
        this.connection = connection;
        this.driver = connection.unwrap(PGConnection.class);
        this.title = title;
        this.interrupts = interrupts;
        this.onClose = onClose;
    }

    <T> T waiting(String attempted, Interrupts.Waiting<T> waiting) {
        try {
            return interrupts.during(driver, waiting);
        } catch (SQLException e) {
            throw failed(attempted, e);
        }
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

    private CopyReader copyOut(Sql query, Schema schema, List<PgType> types, BufferAllocator allocator) {
        CopyOut copy = waiting(
                "run a query",
                () -> driver.getCopyAPI()
                        .copyOut(Sql.of("COPY (\n{}\n) TO STDOUT (FORMAT binary)", query)
                                .text()));
        return new CopyReader(this, copy, schema, types, allocator);
    }

    /** Ends a query whose rows are not wanted any more. */
    void cancel(CopyOut copy) {
        try {
            copy.cancelCopy();
        } catch (SQLException e) {
            // The transaction is over anyway; if the connection is lost too, the server ends the query by itself.
            return;
        }
    }

    /** Creates a temporary table of entity rows, in the form they are carried. */
    @Override
    public void load(Sql relation, ArrowReader rows) {
        Schema schema = root(rows).getSchema();
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
        copyIn(
                "take in the entity rows",
                Sql.of("COPY {} FROM STDIN (FORMAT binary)", relation),
                rows,
                ColumnEncoder::carried);
        execute(Sql.of("ANALYZE {}", relation));
    }

    /** Appends rows to a table, in the form they are stored; the columns are of those types and in this order. */
    long store(String attempted, Sql tableAndColumns, ArrowReader rows) {
        return copyIn(
                attempted, Sql.of("COPY {} FROM STDIN (FORMAT binary)", tableAndColumns), rows, ColumnEncoder::stored);
    }

    private long copyIn(String attempted, Sql command, ArrowReader rows, Function<FieldVector, ColumnEncoder> form) {
        VectorSchemaRoot root = root(rows);
        List<ColumnEncoder> columns = root.getFieldVectors().stream().map(form).toList();
        CopyIn copy = waiting(attempted, () -> driver.getCopyAPI().copyIn(command.text()));
        try {
            CopyBuffer out = new CopyBuffer(SEND_AT * 2);
            out.putBytes(SIGNATURE);
            out.putLong(0);
            while (next(rows)) {
                send(attempted, copy, out, columns, root.getRowCount());
            }
            out.putShort(-1);
            waiting(attempted, () -> {
                copy.writeToCopy(out.bytes(), 0, out.size());
                return copy.endCopy();
            });
            return copy.getHandledRowCount();
        } catch (RuntimeException | Error e) {
            giveUp(copy);
            throw e;
        }
    }

    private void send(String attempted, CopyIn copy, CopyBuffer out, List<ColumnEncoder> columns, int rows) {
        for (int row = 0; row < rows; row++) {
            out.putShort(columns.size());
            for (ColumnEncoder column : columns) {
                column.write(row, out);
            }
            if (out.size() >= SEND_AT) {
                waiting(attempted, () -> {
                    copy.writeToCopy(out.bytes(), 0, out.size());
                    return out;
                });
                out.clear();
            }
        }
    }

    private static void giveUp(CopyIn copy) {
        try {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        } catch (SQLException e) {
            // What stopped the rows is thrown; that the server hears of it only from the closed connection changes
            // nothing.
            return;
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
        try (Connection closing = connection) {
            if (!closing.isClosed()) {
                closing.rollback();
            }
        } catch (SQLException e) {
            // Nothing was promised since the last commit, and the server undoes the rest by itself.
            return;
        } finally {
            onClose.accept(this);
        }
    }
}
