package dev.manciple.remote.offline;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.model.ValueType;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A column of a result.
 *
 * @param promised as callers get it
 * @param answered what the server calls it
 * @param type by which values are read where the server's Arrow type is another
 */
record Column(Field promised, String answered, ValueType type) {
    /** A feature, a key or a time by its declared type. */
    static Column of(String name, String answered, ValueType type) {
        return new Column(ArrowTypes.arrow(name, type), answered, type);
    }

    /** A column that comes back as it was. */
    static Column as(Field field, String answered) {
        return new Column(field, answered, ArrowTypes.valueType(field));
    }

    static Schema schema(List<Column> columns) {
        return new Schema(columns.stream().map(Column::promised).toList());
    }
}
