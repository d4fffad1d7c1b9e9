package dev.manciple.duckdb;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.sql.Sql;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Scalar expressions people write. One that is not would change how many rows there are, or do something else altogether; so it has
 * to parse as the only column of a query without a source, and to be allowed where aggregates, windows and unnesting are not.
 */
final class Expressions {
    private Expressions() {}

    /**
     * The column an expression gives.
     *
     * @param input the rows it is to be evaluated over
     * @throws InvalidRequestException naming the column, with the engine's reason
     */
    static Field check(DuckDbSession session, String name, String expression, Sql input) {
        Sql scalar = Sql.query(expression);
        // Bare, several columns are told from one; in parentheses, the expression from what may follow one in a query.
        if (!isOneColumn(session, expression) || !isOneColumn(session, scalar.text())) {
            throw new InvalidRequestException(
                    "'%s' of column '%s' is not one scalar SQL expression without a query inside"
                            .formatted(expression, name));
        }
        try {
            Catalog.describe(session, Sql.of("(SELECT 1 FROM {} WHERE ({}) IS NULL)", input, scalar));
            return Catalog.describe(session, Sql.of("(SELECT {} AS {} FROM {})", scalar, Sql.quoted(name, '"'), input))
                    .getFields()
                    .getFirst();
        } catch (StoreException e) {
            throw new InvalidRequestException(
                    "'%s' of column '%s' cannot be evaluated: %s".formatted(expression, name, e.getMessage()), e);
        }
    }

    /** Asks the engine's own parser, which gives the query's syntax tree as JSON. */
    private static boolean isOneColumn(DuckDbSession session, String selected) {
        Map<String, String> tree = session.row(Sql.of("""
                SELECT CASE WHEN json_extract_string(tree, '$.error') = 'false'
                    AND json_array_length(tree, '$.statements') = 1
                    AND json_extract_string(tree, '$.statements[0].node.type') = 'SELECT_NODE'
                    AND json_extract_string(tree, '$.statements[0].node.from_table.type') = 'EMPTY'
                    AND json_array_length(tree, '$.statements[0].node.select_list') = 1
                    AND NOT contains(tree::VARCHAR, '"class":"SUBQUERY"')
                    AND NOT contains(tree::VARCHAR, '"class":"STAR"')
                    THEN 'yes' END AS verdict
                FROM (SELECT json_serialize_sql({}) AS tree)""", Sql.literal("SELECT " + selected + "\n")));
        return tree.containsKey("verdict");
    }
}
