package dev.manciple.sql;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Something that can stand after FROM, and its columns in order.
 *
 * @param title how messages call it, such as {@code source 'trips' (data/trips.parquet)}
 * @param readOnce whether to read it again would cost much or might give other rows, as with a text file or a query
 * @param indexes the columns of each index that finds rows in order, by the names the engine knows
 */
public record Relation(String title, Sql from, List<Column> columns, boolean readOnce, List<List<String>> indexes) {
    public Relation {
        columns = List.copyOf(columns);
        indexes = List.copyOf(indexes);
    }

    /** A relation without an index that would matter. */
    public Relation(String title, Sql from, List<Column> columns, boolean readOnce) {
        this(title, from, columns, readOnce, List.of());
    }

    /** A relation the engine knows by the names users know. */
    public static Relation of(String title, Sql from, Schema schema, boolean readOnce) {
        return new Relation(
                title,
                from,
                schema.getFields().stream()
                        .map(field -> new Column(field.getName(), field))
                        .toList(),
                readOnce);
    }

    /** The column of exactly this name: upper and lower case differ. */
    public Optional<Column> column(String name) {
        return columns.stream()
                .filter(column -> column.field().getName().equals(name))
                .findFirst();
    }

    /** The names users know, for messages. */
    public String columnList() {
        return columns.stream().map(column -> column.field().getName()).collect(Collectors.joining(", "));
    }
}
