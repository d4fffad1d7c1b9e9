package dev.manciple.postgres;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType;
import dev.manciple.sql.Relation;
import dev.manciple.sql.Sql;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;

/** Finds what sources name: tables, views and queries. */
final class Tables {
    private static final Set<ValueType> EXACT_NUMBERS = Set.of(ValueType.Scalar.DECIMAL, ValueType.Scalar.STRING);

    private final String title;

    /** @param title what messages call the server */
    Tables(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /**
     * The rows of a location and its columns. Reads no rows.
     *
     * @param name what messages call it
     * @param declared the types views give the columns, which decide how numbers without a precision are read
     */
    Relation relation(PostgresSession session, SourceLocation location, String name, Map<String, ValueType> declared) {
        return switch (Sources.plain(location, name)) {
            case SourceLocation.Table table -> {
                Sql found = existing(session, table);
                yield relation(
                        session,
                        found,
                        "%s (table %s)".formatted(name, table.qualifiedName()),
                        declared,
                        !isPlainTable(session, found),
                        indexes(session, found));
            }
            case SourceLocation.Query query ->
                relation(session, Sql.query(query.sql()), name, declared, true, List.of());
            case SourceLocation.Files files -> throw notOurs(name, "a file");
            case SourceLocation.Custom custom -> throw notOurs(name, "a " + custom.sourceClass());
        };
    }

    private InvalidRequestException notOurs(String name, String what) {
        return new InvalidRequestException("%s is %s, which is no table or query of %s".formatted(name, what, title));
    }

    /** The rows of a query that is run once. */
    Relation queried(PostgresSession session, String name, Sql from) {
        return relation(session, from, name, Map.of(), true, List.of());
    }

    /** Types that have no binary form here become text, and numbers without a precision doubles, as Feast reads them. */
    private static Relation relation(
            PostgresSession session,
            Sql from,
            String name,
            Map<String, ValueType> declared,
            boolean readOnce,
            List<List<String>> indexes) {
        Map<String, Sql> casts = new LinkedHashMap<>();
        List<Sql> selected = new ArrayList<>();
        List<PgColumn> columns = new ArrayList<>();
        for (PgColumn column : session.columns("describe " + name, from)) {
            Optional<PgType> cast = cast(column, declared);
            Sql quoted = Names.quoted(column.name());
            cast.ifPresent(type -> casts.put(column.name(), type.sql()));
            selected.add(cast.map(type -> Sql.of("{}::{} AS {}", quoted, type.sql(), quoted))
                    .orElse(quoted));
            columns.add(cast.map(column::as).orElse(column));
        }
        Sql read = casts.isEmpty() ? from : Sql.of("(SELECT {} FROM {} AS plain)", Sql.join(", ", selected), from);
        Schema schema = new Schema(columns.stream().map(PgColumn::field).toList());
        Relation relation = Relation.of(name, read, schema, readOnce);
        List<List<String>> usable = indexes.stream()
                .map(index -> index.stream()
                        .takeWhile(column -> !casts.containsKey(column))
                        .toList())
                .toList();
        return new Relation(name, read, relation.columns(), readOnce, usable);
    }

    private static Optional<PgType> cast(PgColumn column, Map<String, ValueType> declared) {
        if (column.type().isPresent()) {
            return Optional.empty();
        }
        boolean array = column.typeName().startsWith("_");
        ValueType type = declared.get(column.name());
        ValueType element = type instanceof ValueType.ListOf list ? list.element() : type;
        boolean number = column.isNumeric() && (element == null || !EXACT_NUMBERS.contains(element));
        return Optional.of(new PgType(number ? PgType.Element.FLOAT8 : PgType.Element.TEXT, array));
    }

    /**
     * The table a name means: the one of exactly this name, or else, where the name was not between quotation marks, the one in lower
     * case that SQL would take it for.
     */
    Sql existing(PostgresSession session, SourceLocation.Table table) {
        return find(session, table)
                .orElseThrow(() -> new NotFoundException(title + ": the table", table.qualifiedName()));
    }

    Optional<Sql> find(PostgresSession session, SourceLocation.Table table) {
        Set<Sql> spellings = new HashSet<>();
        for (Sql spelling : List.of(spelled(table, false), spelled(table, true))) {
            if (spellings.add(spelling) && exists(session, spelling)) {
                return Optional.of(spelling);
            }
        }
        return Optional.empty();
    }

    /** The table as it is created where none of its name exists. */
    static Sql spelled(SourceLocation.Table table, boolean folded) {
        return Sql.join(
                ".",
                Names.parts(table.qualifiedName()).stream()
                        .map(part -> Names.quoted(
                                folded && !part.exact() ? part.name().toLowerCase(Locale.ROOT) : part.name())));
    }

    private static boolean exists(PostgresSession session, Sql table) {
        return session.rows("look for a table", Sql.of("SELECT to_regclass({}) IS NOT NULL", Sql.literal(table.text())))
                .getFirst()
                .getFirst()
                .equals("t");
    }

    /** Neither a view, which may take long, nor a table of another server. */
    private static boolean isPlainTable(PostgresSession session, Sql table) {
        return session.rows(
                        "look for a table",
                        Sql.of(
                                "SELECT relkind IN ('r', 'p', 'm') FROM pg_class WHERE oid = to_regclass({})",
                                Sql.literal(table.text())))
                .getFirst()
                .getFirst()
                .equals("t");
    }

    /** The types of a table's columns, by name. */
    static Map<String, Sql> columnTypes(PostgresSession session, Sql table) {
        Map<String, Sql> types = new LinkedHashMap<>();
        session.rows("look for the columns of " + table, Sql.of("""
                                SELECT a.attname, n.nspname, t.typname
                                FROM pg_attribute AS a
                                JOIN pg_type AS t ON t.oid = a.atttypid
                                JOIN pg_namespace AS n ON n.oid = t.typnamespace
                                WHERE a.attrelid = to_regclass({}) AND a.attnum > 0 AND NOT a.attisdropped""", Sql.literal(table.text())))
                .forEach(row -> types.put(
                        row.get(0), Sql.of("{}.{}", Sql.quoted(row.get(1), '"'), Sql.quoted(row.get(2), '"'))));
        return types;
    }

    private static List<List<String>> indexes(PostgresSession session, Sql table) {
        Map<String, List<String>> indexes = new LinkedHashMap<>();
        List<List<String>> columns = session.rows("look for indexes", Sql.of("""
                        SELECT i.indexrelid, a.attname
                        FROM pg_index AS i
                        JOIN pg_class AS c ON c.oid = i.indexrelid
                        JOIN pg_am AS m ON m.oid = c.relam AND m.amname = 'btree'
                        CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
                        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                        WHERE i.indrelid = to_regclass({}) AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
                        ORDER BY i.indexrelid, k.place""", Sql.literal(table.text())));
        columns.forEach(row -> indexes.computeIfAbsent(row.getFirst(), index -> new ArrayList<>())
                .add(row.getLast()));
        return List.copyOf(indexes.values());
    }
}
