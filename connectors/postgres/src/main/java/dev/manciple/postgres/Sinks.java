package dev.manciple.postgres;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.WriteReport;
import dev.manciple.sql.FieldMapping;
import dev.manciple.sql.Sql;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Where rows go: new tables and those that exist. Everything a call does is one transaction. */
final class Sinks {
    private static final Sql INCOMING = Sql.quoted("__incoming", '"');

    private final Sessions sessions;
    private final Tables tables;

    Sinks(Sessions sessions, Tables tables) {
        this.sessions = sessions;
        this.tables = tables;
    }

    /**
     * Adds rows to a source.
     *
     * @param rows under the names of the view; not closed
     */
    void append(DataSource.Batch source, ArrowReader rows) {
        String name = "source '%s'".formatted(source.name());
        SourceLocation.Table table = table(source.location(), "Rows cannot be added to " + name);
        try (PostgresSession session = sessions.open()) {
            append(session, tables.existing(session, table), name, FieldMapping.sourceNames(source), rows);
            session.commit("add rows to " + name);
        }
    }

    /** Fails as {@link #append} would for rows of these columns, which it does not add. */
    void check(DataSource.Batch source, Schema columns) {
        String name = "source '%s'".formatted(source.name());
        SourceLocation.Table table = table(source.location(), "Rows cannot be added to " + name);
        try (PostgresSession session = sessions.open()) {
            requireSameColumns(
                    name,
                    session.columns("describe " + name, tables.existing(session, table)),
                    renamed(columns, FieldMapping.sourceNames(source)));
        }
    }

    /** Adds logs to a table, which is created where it does not exist. */
    void appendOrCreate(DataSource.Batch sink, ArrowReader rows) {
        String name = "the table of logs '%s'".formatted(sink.name());
        SourceLocation.Table table = table(sink.location(), "Logs cannot be written to '%s'".formatted(sink.name()));
        try (PostgresSession session = sessions.open()) {
            Sql existing = tables.find(session, table).orElseGet(() -> {
                Sql created = Tables.spelled(table, false);
                createTable(session, created, schema(rows));
                return created;
            });
            append(session, existing, name, Map.of(), rows);
            session.commit("add rows to " + name);
        }
    }

    /** Through a table of the rows' own types, so that the server converts what fits another. */
    private void append(
            PostgresSession session, Sql table, String name, Map<String, String> sourceNames, ArrowReader rows) {
        List<Field> given = renamed(schema(rows), sourceNames);
        requireSameColumns(name, session.columns("describe " + name, table), given);
        String attempted = "add rows to " + name;
        session.execute(Sql.of("CREATE TEMPORARY TABLE {} ({})", INCOMING, columns(given)));
        session.store(attempted, INCOMING, rows);
        Map<String, Sql> types = Tables.columnTypes(session, table);
        List<Sql> names = new ArrayList<>();
        List<Sql> converted = new ArrayList<>();
        for (Field field : given) {
            Sql column = Names.quoted(field.getName());
            names.add(column);
            converted.add(Sql.of("{}::{}", column, Objects.requireNonNull(types.get(field.getName()))));
        }
        session.update(
                attempted,
                Sql.of(
                        "INSERT INTO {} ({}) SELECT {} FROM {}",
                        table,
                        Sql.join(", ", names),
                        Sql.join(", ", converted),
                        INCOMING));
    }

    private static List<Field> renamed(Schema columns, Map<String, String> sourceNames) {
        return columns.getFields().stream()
                .map(field -> new Field(
                        sourceNames.getOrDefault(field.getName(), field.getName()),
                        field.getFieldType(),
                        field.getChildren()))
                .toList();
    }

    private static void requireSameColumns(String name, List<PgColumn> existing, List<Field> given) {
        Set<String> missing =
                new TreeSet<>(existing.stream().map(PgColumn::name).toList());
        Set<String> extra = new TreeSet<>(given.stream().map(Field::getName).toList());
        given.forEach(field -> missing.remove(field.getName()));
        existing.forEach(column -> extra.remove(column.name()));
        if (!missing.isEmpty() || !extra.isEmpty()) {
            throw new InvalidRequestException(
                    "The rows do not have exactly the columns of %s: missing are %s, not wanted are %s"
                            .formatted(name, list(missing), list(extra)));
        }
        for (Field field : given) {
            existing.stream()
                    .filter(column -> column.name().equals(field.getName()) && !column.takes(field))
                    .forEach(column -> {
                        throw new InvalidRequestException("The rows hold %s in '%s', which is %s in %s"
                                .formatted(field.getType(), field.getName(), column.typeName(), name));
                    });
        }
    }

    private static String list(Set<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    /** Writes rows to a new table. Does not close the reader. */
    WriteReport create(ArrowReader rows, SourceLocation target, boolean overwrite) {
        SourceLocation.Table table = table(target, "A result cannot be written");
        try (PostgresSession session = sessions.openBesideOthers()) {
            Sql created = makeRoom(session, table, overwrite);
            createTable(session, created, schema(rows));
            long count = session.store("write the table " + table.qualifiedName(), created, rows);
            session.commit("write the table " + table.qualifiedName());
            return new WriteReport(count, List.of());
        }
    }

    /** Writes the rows of a query of the session to a new table. */
    WriteReport create(PostgresSession session, Sql query, Schema columns, SourceLocation target, boolean overwrite) {
        SourceLocation.Table table = table(target, "A result cannot be written");
        Sql created = makeRoom(session, table, overwrite);
        List<Sql> names = new ArrayList<>();
        List<Sql> selected = new ArrayList<>();
        for (Field field : columns.getFields()) {
            Sql name = Names.quoted(field.getName());
            names.add(name);
            selected.add(ColumnForms.isZoned(field.getType()) ? Sql.of("{}::timestamptz AS {}", name, name) : name);
        }
        long count = session.update(
                "write the table " + table.qualifiedName(),
                Sql.of(
                        "CREATE TABLE {} AS\nSELECT {}\nFROM (\n{}\n) AS result ({})",
                        created,
                        Sql.join(", ", selected),
                        query,
                        Sql.join(", ", names)));
        session.commit("write the table " + table.qualifiedName());
        return new WriteReport(count, List.of());
    }

    /** The name of a table that does not exist, or no more once the transaction ends well. */
    private Sql makeRoom(PostgresSession session, SourceLocation.Table table, boolean overwrite) {
        Optional<Sql> existing = tables.find(session, table);
        if (existing.isPresent() && !overwrite) {
            throw new InvalidRequestException(
                    InvalidRequestException.Reason.PLACE_TAKEN,
                    "The table '%s' exists already; choose another or allow overwriting"
                            .formatted(table.qualifiedName()));
        }
        existing.ifPresent(
                old -> session.update("overwrite the table " + table.qualifiedName(), Sql.of("DROP TABLE {}", old)));
        return existing.orElseGet(() -> Tables.spelled(table, false));
    }

    private static void createTable(PostgresSession session, Sql table, Schema rows) {
        session.update("create the table " + table, Sql.of("CREATE TABLE {} ({})", table, columns(rows.getFields())));
    }

    private static Sql columns(List<Field> fields) {
        return Sql.join(
                ", ",
                fields.stream()
                        .map(field -> Sql.of(
                                "{} {}",
                                Names.quoted(field.getName()),
                                ColumnForms.stored(field).sql())));
    }

    private static SourceLocation.Table table(SourceLocation location, String refusal) {
        if (Sources.plain(location, "the target") instanceof SourceLocation.Table table) {
            return table;
        }
        if (location instanceof SourceLocation.Files) {
            throw new UnsupportedException(OfflineCapability.REMOTE_EXPORT.name(), "writing files from the server");
        }
        throw new InvalidRequestException(
                "%s: it needs a table of PostgreSQL, not %s".formatted(refusal, what(location)));
    }

    private static String what(SourceLocation location) {
        return switch (location) {
            case SourceLocation.Files files -> "the file " + files.uri();
            case SourceLocation.Query query -> "a query";
            case SourceLocation.Table table -> "the table " + table.qualifiedName();
            case SourceLocation.Custom custom -> "a " + custom.sourceClass();
        };
    }

    private Schema schema(ArrowReader rows) {
        try {
            return rows.getVectorSchemaRoot().getSchema();
        } catch (IOException e) {
            throw new StoreException(
                    tables.title(), "read the rows given", false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }
}
