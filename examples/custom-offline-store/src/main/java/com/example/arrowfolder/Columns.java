package com.example.arrowfolder;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.arrow.TimeReader;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Field;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** The columns of a source under the names of a view. Readers of them read whatever batch is loaded. */
record Columns(DataSource.Batch source, FolderReader rows) {
    VectorSchemaRoot batch() {
        return rows.getVectorSchemaRoot();
    }

    List<ColumnReader> values(List<Field> fields) {
        return fields.stream()
                .map(field -> ArrowValues.reader(vector(field.name()), field.type(), rows))
                .toList();
    }

    TimeReader event() {
        return ArrowValues.times(vector(source.time().event()), rows);
    }

    /** A missing created time loses to any other. */
    TimeReader created() {
        Optional<String> column = source.time().created();
        return column.isPresent() ? ArrowValues.times(vector(column.get()), rows) : row -> TimeReader.NONE;
    }

    /** The source's field mapping leads from its columns to the names of views. */
    FieldVector vector(String name) {
        String column = source.fieldMapping().entrySet().stream()
                .filter(mapping -> mapping.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(name);
        return Optional.ofNullable(batch().getVector(column))
                .orElseThrow(() -> new InvalidRequestException(
                        "Data source '%s' has no column '%s'".formatted(source.name(), column)));
    }
}
