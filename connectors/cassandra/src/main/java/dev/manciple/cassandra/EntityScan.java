package dev.manciple.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Groups the rows of a table read as a whole by entity, whose key is their first column and whose rows follow each other. */
final class EntityScan implements Iterator<List<Row>> {
    private final Iterator<Row> rows;
    private @Nullable Row next;

    EntityScan(Iterator<Row> rows) {
        this.rows = rows;
        this.next = rows.hasNext() ? rows.next() : null;
    }

    static String key(List<Row> entity) {
        return Objects.requireNonNull(entity.getFirst().getString(0));
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public List<Row> next() {
        Row first = next;
        if (first == null) {
            throw new NoSuchElementException();
        }
        List<Row> entity = new ArrayList<>();
        String key = first.getString(0);
        Row row = first;
        do {
            entity.add(row);
            row = rows.hasNext() ? rows.next() : null;
        } while (row != null && Objects.equals(key, row.getString(0)));
        next = row;
        return entity;
    }
}
