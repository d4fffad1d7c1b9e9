package dev.manciple.sql;

import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Schemas compared for what matters to values: column names and types, not metadata, nullability or names inside lists. */
public final class Types {
    private Types() {}

    /** The columns of a relation under the names users know. */
    public static Schema schema(Relation relation) {
        return new Schema(relation.columns().stream().map(Column::field).toList());
    }

    /** Whether columns have the same names and types, in the same order. */
    public static boolean same(Schema left, Schema right) {
        return same(left.getFields(), right.getFields(), true);
    }

    private static boolean same(List<Field> left, List<Field> right, boolean names) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!same(left.get(i), right.get(i), names)) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(Field left, Field right, boolean names) {
        boolean namesCount = left.getType().getTypeID() == ArrowType.ArrowTypeID.Struct;
        return (!names || left.getName().equals(right.getName()))
                && left.getType().equals(right.getType())
                && (left.getDictionary() == null) == (right.getDictionary() == null)
                && same(left.getChildren(), right.getChildren(), namesCount);
    }

    /** Whether values of one type can be written as the other without losing their meaning or fractions. */
    public static boolean fits(Field given, Field stored) {
        boolean dropsFraction =
                stored.getType() instanceof ArrowType.Int && !(given.getType() instanceof ArrowType.Int);
        return KeyTypes.comparable(given.getType(), stored.getType())
                && (given.getType() instanceof ArrowType.Null || !dropsFraction);
    }
}
