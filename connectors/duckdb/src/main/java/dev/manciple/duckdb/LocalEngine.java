package dev.manciple.duckdb;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType;
import dev.manciple.sql.Carriage;
import dev.manciple.sql.Column;
import dev.manciple.sql.Relation;
import dev.manciple.sql.RetypedReader;
import dev.manciple.sql.Sql;
import dev.manciple.sql.Types;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The embedded engine for those who are no store: reads and writes Parquet, CSV and Arrow files, runs queries over rows in
 * memory, and evaluates SQL expressions. Starts on first use. Thread-safe; every reader it gives has a session of its own, so
 * that several may be read at once, and must be closed before the engine is.
 *
 * <p>Formats are {@code parquet}, {@code csv} and {@code arrow}; a blank one means that the file's name tells, and Parquet if it
 * does not. Rows come in the order of the file.
 */
public final class LocalEngine implements AutoCloseable {
    private static final String ARROW = "arrow";
    private static final String INPUT = "__input";

    private final DuckDb engine;
    private final Catalog catalog;
    private final FileWriter writer;
    private final BufferAllocator allocator;

    /** @param allocator for rows on their way into the engine; lent, not closed */
    public LocalEngine(BufferAllocator allocator) {
        this(DuckDbConfig.defaults(), Path.of("").toAbsolutePath(), allocator);
    }

    /**
     * @param folder where relative paths start
     * @param allocator for rows on their way into the engine; lent, not closed
     */
    public LocalEngine(DuckDbConfig config, Path folder, BufferAllocator allocator) {
        this.engine = new DuckDb(config, folder);
        this.catalog = new Catalog(engine, folder);
        this.writer = new FileWriter(engine, allocator);
        this.allocator = allocator;
    }

    /**
     * The columns of a file, of a folder of files, or of those a glob names. Reads no rows, save of CSV files, whose types only
     * their text tells.
     *
     * @param types to read columns of CSV files as, where their text alone does not tell; names the file lacks do not matter
     * @throws NotFoundException where there is no such file
     */
    public Schema describeFile(String uri, String format, Map<String, ValueType> types) {
        if (isArrow(uri, format)) {
            try (ArrowReader reader = ArrowFiles.open(existing(uri), allocator)) {
                return reader.getVectorSchemaRoot().getSchema();
            } catch (IOException e) {
                throw unreadable(uri, e);
            }
        }
        try (DuckDbSession session = engine.session(allocator)) {
            return Types.schema(relation(session, uri, format, types));
        }
    }

    /**
     * The rows of a file, of a folder of files, or of those a glob names. The caller closes the reader.
     *
     * @param types as for {@link #describeFile}
     * @param batches owns the batches
     */
    public ArrowReader readFile(String uri, String format, Map<String, ValueType> types, BufferAllocator batches) {
        if (isArrow(uri, format)) {
            try {
                return ArrowFiles.open(existing(uri), batches);
            } catch (IOException e) {
                throw unreadable(uri, e);
            }
        }
        return streaming(batches, session -> {
            Relation relation = relation(session, uri, format, types);
            return new Streamed(Sql.of("SELECT * FROM {} AS file", relation.from()), Types.schema(relation));
        });
    }

    /**
     * Writes rows to a file, which is there whole when this returns, or as it was before when it throws. Missing folders are
     * created.
     *
     * @param rows read to the end, not closed
     * @return how many rows were written
     * @throws InvalidRequestException where the file exists and {@code overwrite} is false
     */
    public long writeFile(ArrowReader rows, Path target, String format, boolean overwrite) {
        if (isArrow(target.toString(), format)) {
            return FileWriter.writeArrow(rows, target, overwrite);
        }
        try {
            return writer.write(rows, target, FileSource.format(format, target.toString()), overwrite);
        } catch (IOException e) {
            throw unreadable(target.toString(), e);
        }
    }

    /**
     * Runs one query in DuckDB's dialect. The caller closes the reader.
     *
     * @param inputs tables the query may name; read to the end, not closed
     * @param batches owns the batches
     */
    public ArrowReader query(String sql, Map<String, ArrowReader> inputs, BufferAllocator batches) {
        return streaming(batches, session -> {
            inputs.forEach((name, rows) -> session.load(Sql.quoted(name, '"'), rows));
            Sql query = Sql.of("SELECT * FROM {} AS query", Sql.query(sql));
            return new Streamed(query, Catalog.describe(session, Sql.query(sql)));
        });
    }

    /**
     * Evaluates expressions over rows: every row comes back in its place, its columns unchanged, with a column per expression
     * after them. The caller closes the reader.
     *
     * @param rows read to the end, not closed
     * @param expressions column name to one scalar expression in DuckDB's dialect over the columns of the rows
     * @param batches owns the batches
     * @throws InvalidRequestException for what is not one scalar expression, or does not fit the rows
     */
    public ArrowReader project(ArrowReader rows, Map<String, String> expressions, BufferAllocator batches) {
        return streaming(batches, session -> {
            Schema schema = schema(rows);
            List<Column> columns = Carriage.columns(schema);
            load(session, rows, columns);
            List<Sql> selected = new ArrayList<>(columns.stream()
                    .map(column -> Sql.of("i.{}", Sql.quoted(column.name(), '"')))
                    .toList());
            List<Field> fields = new ArrayList<>(schema.getFields());
            for (Map.Entry<String, String> expression : expressions.entrySet()) {
                Field field =
                        Expressions.check(session, expression.getKey(), expression.getValue(), Sql.quoted(INPUT, '"'));
                fields.add(field);
                selected.add(Sql.of("{} AS {}", Sql.query(expression.getValue()), Sql.quoted(field.getName(), '"')));
            }
            Sql query =
                    Sql.of("SELECT {} FROM {} AS i ORDER BY i.rowid", Sql.join(", ", selected), Sql.quoted(INPUT, '"'));
            return new Streamed(query, new Schema(fields));
        });
    }

    /** Room for tables of one piece of work. The caller closes it, before the engine. */
    public Scratch scratch() {
        return new Scratch(engine, catalog, allocator);
    }

    @Override
    public void close() {
        engine.close();
    }

    private record Streamed(Sql query, Schema schema) {}

    private interface Preparation {
        Streamed prepare(DuckDbSession session);
    }

    private ArrowReader streaming(BufferAllocator batches, Preparation preparation) {
        DuckDbSession session = engine.session(allocator);
        try {
            Streamed streamed = preparation.prepare(session);
            ArrowReader rows = session.query(streamed.query(), batches);
            return new RetypedReader(rows, streamed.schema(), batches, () -> {
                try (session) {
                    rows.close();
                }
            });
        } catch (RuntimeException | Error e) {
            try (session) {
                throw e;
            }
        }
    }

    private void load(DuckDbSession session, ArrowReader rows, List<Column> columns) {
        try (ArrowReader travelling = RetypedReader.over(rows, Carriage.travelling(columns))) {
            session.load(Sql.quoted(INPUT, '"'), travelling);
        } catch (IOException e) {
            throw unreadable("the rows given", e);
        }
    }

    private static Schema schema(ArrowReader rows) {
        try {
            return rows.getVectorSchemaRoot().getSchema();
        } catch (IOException e) {
            throw unreadable("the rows given", e);
        }
    }

    private Relation relation(DuckDbSession session, String uri, String format, Map<String, ValueType> types) {
        return catalog.relation(session, new SourceLocation.Files(uri, format), "the file", types);
    }

    private Path existing(String uri) {
        Path file = catalog.folder().resolve(FileSource.localPath(uri)).normalize();
        if (!Files.isRegularFile(file)) {
            throw new NotFoundException("The file", file.toString());
        }
        return file;
    }

    private static boolean isArrow(String name, String format) {
        return format.isEmpty()
                ? ArrowFiles.owns(name)
                : format.toLowerCase(Locale.ROOT).equals(ARROW);
    }

    private static StoreException unreadable(String file, IOException e) {
        return new StoreException(DuckDb.NAME, "read " + file, false, StoreException.Outcome.NOT_APPLIED, e);
    }
}
