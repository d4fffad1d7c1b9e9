package dev.manciple.benchmarks;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.spi.Value;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.duckdb.DuckDBResultSet;

/** DuckDB used directly, with nothing of Manciple: for data, for the floor and for checking results. */
final class PlainDuckDb implements AutoCloseable {
    private static final int BATCH_ROWS = 65_536;

    private final DuckDBConnection connection;
    private final BufferAllocator allocator;

    PlainDuckDb(Settings settings, BufferAllocator allocator) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
        properties.setProperty("threads", Integer.toString(settings.threads()));
        properties.setProperty("memory_limit", settings.memoryLimit());
        properties.setProperty(
                "temp_directory", settings.folder().resolve("spill").toString());
        Connection opened = new DuckDBDriver().connect("jdbc:duckdb:", properties);
        this.connection = opened.unwrap(DuckDBConnection.class);
        this.allocator = allocator;
        execute("SET TimeZone = 'UTC'");
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    long count(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Runs a query and takes every row of it as Arrow. */
    void drain(String sql) throws Exception {
        try (Statement statement = connection.createStatement();
                DuckDBResultSet rows = (DuckDBResultSet) statement.executeQuery(sql);
                ArrowReader reader = (ArrowReader) rows.arrowExportStream(allocator, BATCH_ROWS)) {
            drain(reader);
        }
    }

    static void drain(ArrowReader reader) throws Exception {
        while (reader.loadNextBatch()) {
            // Having the batch is the point.
        }
    }

    /** Hands over the rows of a query one by one. */
    void forEach(String sql, Consumer<List<Value>> consumer) throws Exception {
        try (Statement statement = connection.createStatement();
                DuckDBResultSet rows = (DuckDBResultSet) statement.executeQuery(sql);
                ArrowReader reader = (ArrowReader) rows.arrowExportStream(allocator, BATCH_ROWS)) {
            ArrowRows.forEach(reader, ArrowRows.types(reader), consumer);
        }
    }

    /** Keeps rows as a table with their positions from zero in the column {@code row}. Closes the reader. */
    void keep(String table, ArrowReader rows) throws SQLException {
        try (ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
            Data.exportArrayStream(allocator, rows, stream);
            connection.registerArrowStream("incoming", stream);
            execute("CREATE OR REPLACE TEMP TABLE %s AS SELECT row_number() OVER () - 1 AS row, * FROM incoming"
                    .formatted(table));
            execute("DROP VIEW incoming");
        }
    }

    /** The query for all rows of a file. */
    static String all(Path file) {
        return "SELECT * FROM read_parquet('%s')".formatted(file.toString().replace("'", "''"));
    }

    /** The rows of a query as Arrow, for a caller who reads and closes them. */
    ArrowReader stream(String sql) throws SQLException {
        Statement statement = connection.createStatement();
        statement.closeOnCompletion();
        DuckDBResultSet rows = (DuckDBResultSet) statement.executeQuery(sql);
        return (ArrowReader) rows.arrowExportStream(allocator, BATCH_ROWS);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
