package dev.manciple.tck;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Rows in memory: what the kit loads into a store, asks it to join, and lets the {@link Oracle} join.
 *
 * @param columns names and the types values are read back as
 * @param schema the Arrow types the rows are handed over in, one per column
 * @param rows each with one value per column
 */
public record Table(List<Field> columns, Schema schema, List<List<Value>> rows) {
    public Table {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** A table handed over in the Arrow types Manciple itself would use. */
    public static Table of(List<Field> columns, List<List<Value>> rows) {
        return new Table(
                columns, new Schema(columns.stream().map(ArrowTypes::field).toList()), rows);
    }

    /** The same rows with one column handed over in another Arrow type, such as a time without a zone. */
    public Table handedOverAs(String column, ArrowType type) {
        return new Table(
                columns,
                new Schema(schema.getFields().stream()
                        .map(field -> field.getName().equals(column)
                                ? org.apache.arrow.vector.types.pojo.Field.nullable(column, type)
                                : field)
                        .toList()),
                rows);
    }

    /** The position of a column. */
    public int column(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("No column '%s' in %s".formatted(name, columns));
    }

    public List<ValueType> types() {
        return columns.stream().map(Field::type).toList();
    }

    /** The rows as several batches. The caller closes the reader. */
    public ArrowReader reader(BufferAllocator allocator) {
        return ArrowRows.reader(allocator, schema, rows, Math.max(1, rows.size() / 3));
    }

    /** The rows as the entity rows of a request. */
    public Spine.Rows spine(String timeColumn, BufferAllocator allocator) {
        return new Spine.Rows(schema, timeColumn, () -> reader(allocator));
    }
}
