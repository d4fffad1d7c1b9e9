package dev.manciple.postgres;

import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.spi.PullRequest;
import dev.manciple.sql.FieldMapping;
import dev.manciple.sql.Sql;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the server's own statistics say of the size of a source, without reading it: the planner's rows and their width, which follow a
 * table's present size even where it was never analyzed, and how many keys it has.
 */
final class Sizes {
    /** The first ones are those of the whole plan. */
    private static final Pattern ROWS = Pattern.compile("\"Plan Rows\": (\\d+)");

    private static final Pattern WIDTH = Pattern.compile("\"Plan Width\": (\\d+)");

    private final PostgresSession session;
    private final Tables tables;

    Sizes(PostgresSession session, Tables tables) {
        this.session = session;
        this.tables = tables;
    }

    /** About how many bytes the columns asked for take in the rows of the keys asked for. */
    OptionalLong pulled(PullRequest request) {
        String name = "source '%s'".formatted(request.source().name());
        SourceLocation location = Sources.plain(request.source().location(), name);
        Sql from = tables.relation(session, location, name, Map.of()).from();
        List<Sql> columns = columns(request).map(Names::quoted).toList();
        String plan = String.join(
                "\n",
                session
                        .rows(
                                "ask for the size of " + name,
                                Sql.of("EXPLAIN (FORMAT JSON) SELECT {} FROM {} AS f", Sql.join(", ", columns), from))
                        .stream()
                        .map(List::getFirst)
                        .toList());
        Matcher rows = ROWS.matcher(plan);
        Matcher width = WIDTH.matcher(plan);
        return rows.find() && width.find()
                ? OptionalLong.of((long)
                        (Double.parseDouble(rows.group(1)) * Long.parseLong(width.group(1)) * share(request, location)))
                : OptionalLong.empty();
    }

    private static Stream<String> columns(PullRequest request) {
        Map<String, String> sourceNames = FieldMapping.sourceNames(request.source());
        Stream<String> fields = Stream.concat(request.joinKeys().stream(), request.features().stream())
                .map(Field::name)
                .map(name -> sourceNames.getOrDefault(name, name));
        return Stream.of(
                        fields,
                        Stream.of(request.source().time().event()).filter(event -> !event.isBlank()),
                        request.source().time().created().stream())
                .flatMap(each -> each);
    }

    /** How much of a table the keys asked for are, where it is known how many it has; else all of it. */
    private double share(PullRequest request, SourceLocation location) {
        if (request.keys().isEmpty()
                || request.joinKeys().isEmpty()
                || !(location instanceof SourceLocation.Table table)) {
            return 1;
        }
        OptionalDouble keys = keys(request, tables.existing(session, table));
        return keys.isPresent() && keys.getAsDouble() > 0
                ? Math.min(1, request.keys().get().count() / keys.getAsDouble())
                : 1;
    }

    /** At least as many as any one column has values; those of a whole table where it is partitioned. */
    private OptionalDouble keys(PullRequest request, Sql table) {
        Map<String, String> sourceNames = FieldMapping.sourceNames(request.source());
        List<Sql> columns = request.joinKeys().stream()
                .map(key -> Sql.literal(sourceNames.getOrDefault(key.name(), key.name())))
                .toList();
        return session
                .rows("ask for the number of keys", Sql.of("""
                        SELECT max(CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * greatest(c.reltuples, 0) ELSE s.n_distinct END)
                        FROM pg_stats AS s
                        JOIN pg_namespace AS n ON n.nspname = s.schemaname
                        JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
                        WHERE c.oid = to_regclass({}) AND s.attname IN ({})""", Sql.literal(table.text()), Sql.join(", ", columns)))
                .stream()
                .map(List::getFirst)
                .filter(number -> !number.isEmpty())
                .mapToDouble(Double::parseDouble)
                .findFirst();
    }
}
