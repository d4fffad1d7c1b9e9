package dev.manciple.duckdb;

import dev.manciple.error.StoreException;
import dev.manciple.spi.Interval;
import dev.manciple.spi.Spine;
import dev.manciple.sql.Relation;
import dev.manciple.sql.RetypedReader;
import dev.manciple.sql.Sql;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Tables that several threads fill at once and queries put together, kept by the engine in memory and, beyond its limit, on its
 * disk. Thread-safe. Closing drops the tables; readers of queries must be closed before.
 */
public final class Scratch implements AutoCloseable {
    /** A row's place in its table, from zero, where no column of the table has this name. Rows are found in the order of their places. */
    public static final Sql PLACE = Sql.of("rowid");

    private static final DuckDbDialect DIALECT = new DuckDbDialect();

    private final DuckDb engine;
    private final Catalog catalog;
    private final BufferAllocator allocator;
    private final Sql schema = Sql.quoted("scratch " + UUID.randomUUID(), '"');

    Scratch(DuckDb engine, Catalog catalog, BufferAllocator allocator) {
        this.engine = engine;
        this.catalog = catalog;
        this.allocator = allocator;
        execute(Sql.of("CREATE SCHEMA {}", schema));
    }

    /** What a table is called in queries. */
    public Sql table(String name) {
        return Sql.of("{}.{}", schema, quote(name));
    }

    /** A column by its name, whatever is in it. */
    public static Sql quote(String name) {
        return Sql.quoted(name, '"');
    }

    /** The microseconds since the epoch a column of dates, times or ISO text stands for; null where it is none. */
    public static Sql micros(Sql column, ArrowType type) {
        return DIALECT.micros(column, type);
    }

    /** The time with a zone that microseconds stand for. */
    public static Sql instant(Sql micros) {
        return DIALECT.instant(micros);
    }

    /** What entity rows are called in queries, in their order, where they have a file that the engine reads itself. */
    public Optional<Sql> entityFile(Spine.Rows rows) {
        try (DuckDbSession session = engine.session(allocator)) {
            return catalog.entityFile(session, rows).map(Relation::from);
        }
    }

    /**
     * Creates a table from rows, in their order.
     *
     * @param rows read to the end, not closed
     * @param selected the table's columns, of those of the rows
     */
    public void load(String table, ArrowReader rows, List<Sql> selected) {
        load(table, rows, selected, Sql.of(""));
    }

    /**
     * As {@link #load}, in another order.
     *
     * @param by a column of the table
     */
    public void loadSorted(String table, ArrowReader rows, List<Sql> selected, Sql by) {
        load(table, rows, selected, Sql.of(" ORDER BY {}", by));
    }

    /**
     * Puts the rows of a table into another order.
     *
     * @param by a column of the table
     */
    public void sort(String table, Sql by) {
        Sql sorted = table(table + " sorted");
        execute(Sql.of("CREATE TABLE {} AS SELECT * FROM {} ORDER BY {}", sorted, table(table), by));
        execute(Sql.of("DROP TABLE {}", table(table)));
        execute(Sql.of("ALTER TABLE {} RENAME TO {}", sorted, quote(table)));
    }

    private void load(String table, ArrowReader rows, List<Sql> selected, Sql order) {
        try (DuckDbSession session = engine.session(allocator)) {
            session.scan(
                    rows,
                    incoming -> session.update(Sql.of(
                            "CREATE TABLE {} AS SELECT {} FROM {}{}",
                            table(table),
                            Sql.join(", ", selected),
                            incoming,
                            order)));
        }
    }

    public void execute(Sql statement) {
        try (DuckDbSession session = engine.session(allocator)) {
            session.execute(statement);
        }
    }

    /** The first row of a query as text, by column; nulls are left out. */
    public Map<String, String> row(Sql query) {
        try (DuckDbSession session = engine.session(allocator)) {
            return session.row(query);
        }
    }

    /** The earliest and the latest time of a table's column of times; empty if it has none. */
    public Optional<Interval> times(String table, Sql column, ArrowType type) {
        Sql micros = micros(column, type);
        Map<String, String> row = row(Sql.of(
                "SELECT min({}) AS {}, max({}) AS {} FROM {}",
                micros,
                quote("low"),
                micros,
                quote("high"),
                table(table)));
        String low = row.get("low");
        String high = row.get("high");
        return low == null || high == null
                ? Optional.empty()
                : Optional.of(new Interval(ofMicros(Long.parseLong(low)), ofMicros(Long.parseLong(high))));
    }

    private static Instant ofMicros(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /**
     * Streams the rows of a query. The caller closes the reader.
     *
     * @param promised names and types of the result, laid out as the engine lays out its own
     * @param batches owns the batches
     */
    public ArrowReader query(Sql query, Schema promised, BufferAllocator batches) {
        return query(query, promised, batches, () -> {});
    }

    /** As {@link #query}, for the last one: the scratch closes with its reader. */
    public ArrowReader lastQuery(Sql query, Schema promised, BufferAllocator batches) {
        return query(query, promised, batches, this);
    }

    private ArrowReader query(Sql query, Schema promised, BufferAllocator batches, AutoCloseable after) {
        DuckDbSession session = engine.session(allocator);
        try {
            ArrowReader rows = session.query(query, batches);
            return new RetypedReader(rows, promised, batches, () -> {
                try (after;
                        session) {
                    rows.close();
                }
            });
        } catch (RuntimeException | Error e) {
            try (session) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        try {
            execute(Sql.of("DROP SCHEMA IF EXISTS {} CASCADE", schema));
        } catch (StoreException e) {
            if (!engine.isClosed()) {
                throw e;
            }
        }
    }
}
