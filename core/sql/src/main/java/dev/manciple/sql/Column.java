package dev.manciple.sql;

import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * A column of a relation.
 *
 * @param name what the engine calls it
 * @param field the type its values have in Arrow, under the name users know
 */
public record Column(String name, Field field) {
    public ArrowType type() {
        return field.getType();
    }
}
