package dev.manciple.duckdb;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.WriteReport;
import dev.manciple.sql.FieldMapping;
import dev.manciple.sql.Relation;
import dev.manciple.sql.RetypedReader;
import dev.manciple.sql.Sql;
import dev.manciple.sql.Types;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Where rows go: files and tables, new ones and those that exist. */
final class Sinks {
    private static final Sql TAKEN_IN = Sql.quoted("__taken_in", '"');

    private final DuckDb engine;
    private final Catalog catalog;
    private final FileWriter files;
    private final BufferAllocator allocator;

    Sinks(DuckDb engine, Catalog catalog, BufferAllocator allocator) {
        this.engine = engine;
        this.catalog = catalog;
        this.files = new FileWriter(engine, allocator);
        this.allocator = allocator;
    }

    /**
     * Adds rows to a source.
     *
     * @param rows under the names of the view; not closed
     */
    void append(DataSource.Batch source, Map<String, ValueType> declared, ArrowReader rows) {
        ArrowReader renamed = renamed(rows, FieldMapping.sourceNames(source));
        requireFits(source, declared, schema(renamed));
        switch (source.location()) {
            case SourceLocation.Files location -> {
                FileSource file = FileSource.find(location, catalog.folder());
                try (DuckDbSession session = engine.session(allocator)) {
                    files.append(file, new FileScan(session, file, title(source), declared).rows(), renamed);
                }
            }
            case SourceLocation.Table table -> insert(catalog.table(table), renamed);
            case SourceLocation.Query query -> throw isQuery(source);
            case SourceLocation.Custom custom -> throw isCustom(source, custom);
        }
    }

    /**
     * Fails as {@link #append} would for rows of these columns, which it does not add.
     *
     * @param columns under the names of the view
     */
    void check(DataSource.Batch source, Map<String, ValueType> declared, Schema columns) {
        requireFits(source, declared, renamed(columns, FieldMapping.sourceNames(source)));
        switch (source.location()) {
            case SourceLocation.Files files -> {}
            case SourceLocation.Table table -> {}
            case SourceLocation.Query query -> throw isQuery(source);
            case SourceLocation.Custom custom -> throw isCustom(source, custom);
        }
    }

    private void requireFits(DataSource.Batch source, Map<String, ValueType> declared, Schema given) {
        try (DuckDbSession session = engine.session(allocator)) {
            requireSameColumns(catalog.relation(session, source.location(), title(source), declared), given);
        }
    }

    private static InvalidRequestException isQuery(DataSource.Batch source) {
        return new InvalidRequestException(
                "Rows cannot be added to source '%s': it is a query".formatted(source.name()));
    }

    private static InvalidRequestException isCustom(DataSource.Batch source, SourceLocation.Custom custom) {
        return new InvalidRequestException(
                "Rows cannot be added to source '%s': it is a %s".formatted(source.name(), custom.sourceClass()));
    }

    private static String title(DataSource.Batch source) {
        return "source '%s'".formatted(source.name());
    }

    void appendOrCreate(DataSource.Batch sink, ArrowReader rows) {
        if (exists(sink.location())) {
            append(sink.fieldMapping(Map.of()), Map.of(), rows);
        } else {
            create(rows, sink.location(), false);
        }
    }

    private boolean exists(SourceLocation location) {
        return switch (location) {
            case SourceLocation.Files files -> Files.exists(path(files));
            case SourceLocation.Table table -> {
                try (DuckDbSession session = engine.session(allocator)) {
                    yield catalog.exists(session, table);
                }
            }
            case SourceLocation.Query query -> true;
            case SourceLocation.Custom custom -> true;
        };
    }

    /** Writes rows to a new place. Does not close the reader. */
    WriteReport create(ArrowReader rows, SourceLocation target, boolean overwrite) {
        return switch (target) {
            case SourceLocation.Files location -> createFiles(rows, location, overwrite);
            case SourceLocation.Table table -> createTable(rows, table, overwrite);
            case SourceLocation.Query query -> throw new InvalidRequestException("Rows cannot be written to a query");
            case SourceLocation.Custom custom ->
                throw new InvalidRequestException("Rows cannot be written to a %s".formatted(custom.sourceClass()));
        };
    }

    /** A name that ends like a file's means a file, any other a folder of files, as Feast has it. */
    private WriteReport createFiles(ArrowReader rows, SourceLocation.Files location, boolean overwrite) {
        Path path = path(location);
        FileSource.Format format = FileSource.format(location.format(), location.uri());
        try {
            long count = format.owns(path.toString())
                    ? files.write(rows, path, format, overwrite)
                    : files.writeFolder(rows, path, format, overwrite);
            return new WriteReport(count, List.of(path.toString()));
        } catch (IOException e) {
            throw new StoreException(DuckDb.NAME, "write " + path, false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    private WriteReport createTable(ArrowReader rows, SourceLocation.Table table, boolean overwrite) {
        Sql name = catalog.table(table);
        FileWriter.refuseUndistinguishable(schema(rows), Path.of(table.qualifiedName()));
        try (DuckDbSession session = engine.session(allocator)) {
            if (!overwrite && catalog.exists(session, table)) {
                throw new InvalidRequestException(
                        InvalidRequestException.Reason.PLACE_TAKEN,
                        "The table '%s' exists already; choose another or allow overwriting"
                                .formatted(table.qualifiedName()));
            }
            long count = fill(
                    session,
                    rows,
                    incoming -> Sql.of("CREATE OR REPLACE TABLE {} AS SELECT * FROM {}", name, incoming));
            return new WriteReport(count, List.of());
        }
    }

    private void insert(Sql table, ArrowReader rows) {
        try (DuckDbSession session = engine.session(allocator)) {
            fill(session, rows, incoming -> Sql.of("INSERT INTO {} BY NAME SELECT * FROM {}", table, incoming));
        }
    }

    /**
     * Runs a statement that puts rows into a table; returns how many. The rows may come from the database themselves, which is
     * opened for writing only while nothing reads it: for the first write they are taken in before.
     */
    private static long fill(DuckDbSession session, ArrowReader rows, UnaryOperator<Sql> statement) {
        if (session.isWritable()) {
            return session.scan(rows, incoming -> session.update(statement.apply(incoming)));
        }
        session.load(TAKEN_IN, rows);
        session.openForWriting();
        return session.update(statement.apply(TAKEN_IN));
    }

    private Path path(SourceLocation.Files location) {
        return catalog.folder().resolve(FileSource.localPath(location.uri())).normalize();
    }

    private static Schema schema(ArrowReader rows) {
        try {
            return rows.getVectorSchemaRoot().getSchema();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The rows under the names the source uses; the reader stays the caller's. */
    private static ArrowReader renamed(ArrowReader rows, Map<String, String> names) {
        Schema renamed = renamed(schema(rows), names);
        try {
            return RetypedReader.over(rows, renamed);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static Schema renamed(Schema columns, Map<String, String> names) {
        return new Schema(columns.getFields().stream()
                .map(field -> new Field(
                        names.getOrDefault(field.getName(), field.getName()),
                        field.getFieldType(),
                        field.getChildren()))
                .toList());
    }

    private static void requireSameColumns(Relation existing, Schema given) {
        Set<String> missing = names(Types.schema(existing));
        Set<String> extra = names(given);
        missing.removeAll(names(given));
        extra.removeAll(names(Types.schema(existing)));
        if (!missing.isEmpty() || !extra.isEmpty()) {
            throw new InvalidRequestException(
                    "The rows do not have exactly the columns of %s: missing are %s, not wanted are %s"
                            .formatted(existing.title(), list(missing), list(extra)));
        }
        for (Field field : given.getFields()) {
            Field stored = existing.column(field.getName()).orElseThrow().field();
            if (!Types.fits(field, stored)) {
                throw new InvalidRequestException("The rows hold %s in '%s', which is %s in %s"
                        .formatted(
                                ArrowTypes.title(field.getType()),
                                field.getName(),
                                ArrowTypes.title(stored.getType()),
                                existing.title()));
            }
        }
    }

    private static Set<String> names(Schema schema) {
        Set<String> names = new LinkedHashSet<>();
        schema.getFields().forEach(field -> names.add(field.getName()));
        return names;
    }

    private static String list(Set<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private static StoreException unreadable(IOException e) {
        return new StoreException(DuckDb.NAME, "read the rows given", false, StoreException.Outcome.NOT_APPLIED, e);
    }
}
