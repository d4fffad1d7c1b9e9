package dev.manciple.duckdb;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.sql.Sql;
import dev.manciple.sql.SqlSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;

/** A connection to the engine. A failed statement is closed by the driver, so every statement is a new one. */
final class DuckDbSession implements SqlSession {
    /** Values per batch of a result, so that rows of a thousand columns do not come 65,536 at a time. */
    private static final int VALUES_PER_BATCH = 1 << 20;

    private static final int ENGINE_CHUNK = 2048;
    private static final int MOST_ROWS_PER_BATCH = 65_536;

    /** What the driver says of any failure before the first rows of a streamed result. */
    private static final String FAILED_UNSAID = "Invalid result set";

    private static final String INCOMING = "__incoming";

    private final DuckDBConnection connection;
    private final BufferAllocator allocator;
    private final Consumer<DuckDbSession> onClose;

    DuckDbSession(DuckDBConnection connection, BufferAllocator allocator, Consumer<DuckDbSession> onClose) {
        this.connection = connection;
        this.allocator = allocator;
        this.onClose = onClose;
    }

    @Override
    public void execute(Sql sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql.text());
        } catch (SQLException e) {
            throw failed(e, "run a statement");
        }
    }

    /** As {@link #execute}; returns how many rows were changed or written. */
    long update(Sql sql) {
        try (Statement statement = connection.createStatement()) {
            return statement.executeLargeUpdate(sql.text());
        } catch (SQLException e) {
            throw failed(e, "run a statement");
        }
    }

    BufferAllocator allocator() {
        return allocator;
    }

    /** The engine's own names of the types of something that can stand after FROM. */
    Map<String, String> columnTypes(Sql from) {
        try (Statement statement = connection.createStatement();
                ResultSet columns = statement.executeQuery(
                        Sql.of("DESCRIBE SELECT * FROM {} AS described", from).text())) {
            Map<String, String> types = new LinkedHashMap<>();
            while (columns.next()) {
                types.put(columns.getString("column_name"), columns.getString("column_type"));
            }
            return types;
        } catch (SQLException e) {
            throw failed(e, "describe " + from);
        }
    }

    @Override
    public ArrowReader query(Sql query, BufferAllocator batches) {
        try {
            Statement statement = connection.createStatement();
            try {
                DuckDBResultSet rows = (DuckDBResultSet) statement.executeQuery(query.text());
                int columns = Math.max(1, rows.getMetaData().getColumnCount());
                return new ResultReader(
                        (ArrowReader) rows.arrowExportStream(batches, batchSize(columns)), statement, batches);
            } catch (SQLException | RuntimeException e) {
                try (statement) {
                    throw e;
                }
            }
        } catch (SQLException e) {
            throw failed(reason(e, query), "run a query");
        }
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
        try (Statement statement = connection.createStatement()) {
            statement.execute("EXPLAIN ANALYZE " + query.text());
            return e;
        } catch (SQLException said) {
            return said;
        }
    }

    @Override
    public void load(Sql relation, ArrowReader rows) {
        Source source = new Source(rows, allocator);
        try (ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
            Data.exportArrayStream(allocator, source, stream);
            try {
                connection.registerArrowStream(INCOMING, stream);
                execute(Sql.of("CREATE TEMP TABLE {} AS SELECT * FROM {}", relation, Sql.quoted(INCOMING, '"')));
            } catch (RuntimeException e) {
                stream.release();
                throw source.failure().orElse(e);
            } finally {
                execute(Sql.of("DROP VIEW IF EXISTS {}", Sql.quoted(INCOMING, '"')));
            }
        }
    }

    static FeatureStoreException failed(Throwable e, String attempted) {
        String message = Objects.requireNonNullElse(e.getMessage(), "");
        int value = message.indexOf(DuckDbDialect.BAD_VALUE);
        if (value >= 0) {
            return new InvalidRequestException(message.substring(value + DuckDbDialect.BAD_VALUE.length()), e);
        }
        return new StoreException(DuckDb.NAME, attempted, false, StoreException.Outcome.NOT_APPLIED, e);
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
