package dev.manciple.duckdb;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.sql.Sql;
import dev.manciple.sql.SqlSession;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/** A connection to the engine. A failed statement is closed by the driver, so every statement is a new one. */
final class DuckDbSession implements SqlSession {
    /** Values per batch of a result, so that rows of a thousand columns do not come 65,536 at a time. */
    private static final int VALUES_PER_BATCH = 1 << 20;

    private static final int ENGINE_CHUNK = 2048;
    private static final int MOST_ROWS_PER_BATCH = 65_536;

    /** What the driver says of any failure before the first rows of a streamed result. */
    private static final String FAILED_UNSAID = "Invalid result set";

    private static final String NO_FILES = "No files found that match the pattern ";

    private static final Pattern EXCERPT = Pattern.compile("\n\nLINE \\d+: ");

    private static final String INCOMING = "__incoming";

    private final DuckDBConnection connection;
    private final BufferAllocator allocator;
    private final EngineCalls calls;
    private final Optional<Database> database;
    private final Consumer<DuckDbSession> onClose;

    /** The rows the engine is asking for, if it is. */
    private @Nullable IncomingRows incoming;

    DuckDbSession(
            DuckDBConnection connection,
            BufferAllocator allocator,
            EngineCalls calls,
            Optional<Database> database,
            Consumer<DuckDbSession> onClose) {
        this.connection = connection;
        this.allocator = allocator;
        this.calls = calls;
        this.database = database;
        this.onClose = onClose;
    }

    /** Whether statements may write to the database of the configuration. */
    boolean isWritable() {
        return database.map(Database::isWritable).orElse(true);
    }

    /** Lets statements of all sessions write to the database of the configuration. No reader of this session is open. */
    void openForWriting() {
        database.ifPresent(attached -> attached.openForWriting(connection));
    }

    private interface Run<T> {
        T with(Statement statement) throws SQLException;
    }

    /** Runs one statement to its end, while the database stays as it is. */
    private <T> T run(Run<T> run) throws SQLException {
        Database.Use use = use();
        try (use;
                Statement statement = connection.createStatement()) {
            return during(statement, () -> run.with(statement));
        }
    }

    private Database.Use use() {
        return database.map(attached -> attached.use(connection)).orElse(Database.Use.OF_NOTHING);
    }

    @Override
    public void execute(Sql sql) {
        try {
            run(statement -> statement.execute(sql.text()));
        } catch (SQLException e) {
            throw failed(e, "run a statement");
        }
    }

    /** Runs what waits for a statement; an interrupt ends the statement, and whatever its rows are waiting for. */
    private <T, E extends Exception> T during(Statement statement, EngineCalls.Waiting<T, E> waiting) throws E {
        return calls.make(waiting, () -> {
            if (incoming != null) {
                incoming.interrupt();
            }
            cancel(statement);
        });
    }

    static void cancel(Statement statement) {
        try {
            statement.cancel();
        } catch (SQLException e) {
            // It has just ended by itself, which is as good.
            return;
        }
    }

    /** As {@link #execute}; returns how many rows were changed or written. */
    long update(Sql sql) {
        try {
            return run(statement -> statement.executeLargeUpdate(sql.text()));
        } catch (SQLException e) {
            throw failed(e, "run a statement");
        }
    }

    BufferAllocator allocator() {
        return allocator;
    }

    /** The engine's own names of the types of something that can stand after FROM. */
    Map<String, String> columnTypes(Sql from) {
        try {
            return run(statement -> columnTypes(statement, from));
        } catch (SQLException e) {
            throw failed(e, "find out columns");
        }
    }

    private static Map<String, String> columnTypes(Statement statement, Sql from) throws SQLException {
        try (ResultSet columns = statement.executeQuery(
                Sql.of("DESCRIBE SELECT * FROM {} AS described", from).text())) {
            Map<String, String> types = new LinkedHashMap<>();
            while (columns.next()) {
                types.put(columns.getString("column_name"), columns.getString("column_type"));
            }
            return types;
        }
    }

    @Override
    public ArrowReader query(Sql query, BufferAllocator batches) {
        Database.Use use = use();
        try {
            Statement statement = connection.createStatement();
            try {
                return during(statement, () -> result(statement, query, use, batches));
            } catch (SQLException | RuntimeException e) {
                try (use;
                        statement) {
                    throw e;
                }
            }
        } catch (SQLException e) {
            use.close();
            throw failed(reason(e, query), "run a query");
        }
    }

    private ResultReader result(Statement statement, Sql query, Database.Use use, BufferAllocator batches)
            throws SQLException {
        DuckDBResultSet rows = (DuckDBResultSet) statement.executeQuery(query.text());
        int columns = Math.max(1, rows.getMetaData().getColumnCount());
        return new ResultReader(
                (ArrowReader) rows.arrowExportStream(batches, batchSize(columns)), statement, calls, use, batches);
    }

    private static int batchSize(int columns) {
        int rows = Math.clamp(VALUES_PER_BATCH / columns, ENGINE_CHUNK, MOST_ROWS_PER_BATCH);
        return rows / ENGINE_CHUNK * ENGINE_CHUNK;
    }

    /** The driver loses the reason where a streamed query fails before its first rows; running it without a result tells. */
    private SQLException reason(SQLException e, Sql query) {
        if (!Objects.requireNonNullElse(e.getMessage(), "").contains(FAILED_UNSAID)) {
            return e;
        }
        if (Thread.currentThread().isInterrupted()) {
            return new SQLException("the thread was interrupted", e);
        }
        try {
            run(statement -> statement.execute("EXPLAIN ANALYZE " + query.text()));
            return e;
        } catch (SQLException said) {
            return said;
        }
    }

    @Override
    public void load(Sql relation, ArrowReader rows) {
        scan(rows, incoming -> update(Sql.of("CREATE TEMP TABLE {} AS SELECT * FROM {}", relation, incoming)));
    }

    /** What is done with rows from outside. */
    interface Scan {
        /** @param incoming the rows, which can be read once */
        long run(Sql incoming);
    }

    /** Lets statements read rows from outside, in their order. Does not close the reader. */
    long scan(ArrowReader rows, Scan scan) {
        BufferAllocator owner = owner(rows);
        try (IncomingRows taken = new IncomingRows(rows, owner);
                ArrowArrayStream stream = ArrowArrayStream.allocateNew(owner)) {
            Data.exportArrayStream(owner, taken, stream);
            try {
                connection.registerArrowStream(INCOMING, stream);
                incoming = taken;
                return scan.run(Sql.quoted(INCOMING, '"'));
            } catch (RuntimeException e) {
                throw taken.failure()
                        .orElseGet(() -> e instanceof FeatureStoreException ? e : failed(e, "read the rows given"));
            } finally {
                incoming = null;
                execute(Sql.of("DROP VIEW IF EXISTS {}", Sql.quoted(INCOMING, '"')));
                stream.release();
            }
        } catch (IOException e) {
            throw failed(e, "read the rows given");
        }
    }

    /** Exported batches share the buffers of the rows, which only allocators of one root may. */
    private BufferAllocator owner(ArrowReader rows) {
        try {
            return rows.getVectorSchemaRoot().getFieldVectors().stream()
                    .findFirst()
                    .map(ValueVector::getAllocator)
                    .orElse(allocator);
        } catch (IOException e) {
            throw failed(e, "read the rows given");
        }
    }

    /** The first row of a query as text, by column; empty where there is none. Nulls are left out. */
    Map<String, String> row(Sql query) {
        try {
            return run(statement -> firstRow(statement, query));
        } catch (SQLException e) {
            throw failed(reason(e, query), "run a query");
        }
    }

    private static Map<String, String> firstRow(Statement statement, Sql query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query.text())) {
            Map<String, String> values = new LinkedHashMap<>();
            int columns = rows.getMetaData().getColumnCount();
            if (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    String value = rows.getString(i);
                    if (value != null) {
                        values.put(rows.getMetaData().getColumnLabel(i), value);
                    }
                }
            }
            return values;
        }
    }

    /** An engine's failure as one of Manciple's, without the excerpt of the statement that the engine appends. */
    static FeatureStoreException failed(Throwable e, String attempted) {
        String message = EXCERPT.splitAsStream(Objects.requireNonNullElse(e.getMessage(), ""))
                .findFirst()
                .orElse("")
                .strip();
        int value = message.indexOf(TextTimes.BAD_VALUE);
        if (value >= 0) {
            return new InvalidRequestException(message.substring(value + TextTimes.BAD_VALUE.length()), e);
        }
        int pattern = message.indexOf(NO_FILES);
        if (pattern >= 0) {
            return new NotFoundException(
                    "A file like",
                    message.substring(pattern + NO_FILES.length()).replace("\"", ""));
        }
        return Unreadable.csv(message, e)
                .orElseGet(() -> new StoreException(
                        DuckDb.NAME,
                        attempted,
                        false,
                        StoreException.Outcome.NOT_APPLIED,
                        new SQLException(Unreadable.shortened(message), e)));
    }

    @Override
    public void close() {
        onClose.accept(this);
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e, "close a session");
        }
    }
}
