package dev.manciple.hybrid.offline;

import dev.manciple.duckdb.Scratch;
import dev.manciple.sql.Carriage;
import dev.manciple.sql.Sql;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Columns under names by their place, which no name of a user's can clash with, and types the engine keeps.
 *
 * @param travelling what to hand the engine
 */
record Positional(Schema travelling) {
    static Positional of(Schema schema) {
        List<Field> travelling = Carriage.travelling(Carriage.columns(schema)).getFields();
        List<Field> named = new ArrayList<>();
        for (int i = 0; i < travelling.size(); i++) {
            Field field = travelling.get(i);
            named.add(new Field("c" + i, field.getFieldType(), field.getChildren()));
        }
        return new Positional(new Schema(named));
    }

    Sql column(int place) {
        return name(place);
    }

    ArrowType type(int place) {
        return travelling.getFields().get(place).getType();
    }

    static Sql name(int place) {
        return Scratch.quote("c" + place);
    }
}
