package dev.manciple;

import dev.manciple.spi.Value;
import java.util.List;

/**
 * How the features of a view differ when they are read from another source, joined with the same entity rows.
 *
 * @param rows how many entity rows were joined with both
 * @param differing of those, how many have some feature that differs
 * @param entityColumns the columns of the entity rows
 * @param columns one per feature, in the view's order
 * @param examples the first rows that differ
 */
public record SourceComparison(
        String view,
        String source,
        String other,
        long rows,
        long differing,
        List<String> entityColumns,
        List<Column> columns,
        List<Example> examples) {
    public SourceComparison {
        entityColumns = List.copyOf(entityColumns);
        columns = List.copyOf(columns);
        examples = List.copyOf(examples);
    }

    /**
     * One feature.
     *
     * @param onlyInSource rows that have a value only from the view's own source
     * @param onlyInOther rows that have a value only from the other
     * @param different rows that have two values that are not equal
     */
    public record Column(String feature, long onlyInSource, long onlyInOther, long different) {
        /** Rows in which the feature differs. */
        public long differing() {
            return onlyInSource + onlyInOther + different;
        }
    }

    /**
     * One feature of one row.
     *
     * @param entity the entity row, a value per entity column
     */
    public record Example(List<Value> entity, String feature, Value source, Value other) {}

    public boolean isSame() {
        return differing == 0;
    }
}
