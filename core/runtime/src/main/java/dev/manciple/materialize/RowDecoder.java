package dev.manciple.materialize;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Turns rows of the reader it is made for into rows of a view. Looks at types once, so it is cheap per row; reads whatever
 * batch the reader holds, so it belongs on the thread that loads batches.
 */
final class RowDecoder {
    private final FeatureView view;
    private final List<String> joinKeys;
    private final List<ColumnReader> keys;
    private final List<ColumnReader> features;
    private final String eventColumn;
    private final ColumnReader eventTime;
    private final @Nullable ColumnReader createdTime;

    private RowDecoder(FeatureView view, ArrowReader rows, String eventColumn, @Nullable String createdColumn)
            throws IOException {
        VectorSchemaRoot root = rows.getVectorSchemaRoot();
        this.view = view;
        this.joinKeys = view.joinKeys();
        this.keys = readers(view.entityColumns(), root, rows);
        this.features = readers(view.features(), root, rows);
        this.eventColumn = eventColumn;
        this.eventTime = reader(eventColumn, ValueType.Scalar.UNIX_TIMESTAMP, root, rows);
        this.createdTime = createdColumn == null || root.getVector(createdColumn) == null
                ? null
                : reader(createdColumn, ValueType.Scalar.UNIX_TIMESTAMP, root, rows);
    }

    /** For the rows an offline store returns for a {@link PullRequest}. */
    static RowDecoder ofPull(FeatureView view, ArrowReader rows) throws IOException {
        return new RowDecoder(view, rows, PullRequest.EVENT_TIME, PullRequest.CREATED_TIME);
    }

    /**
     * For rows a caller brings, columns named as the view's.
     *
     * @throws InvalidRequestException naming the columns that are missing
     */
    static RowDecoder ofRows(FeatureView view, ArrowReader rows) throws IOException {
        Schema schema = rows.getVectorSchemaRoot().getSchema();
        IngestColumns columns = IngestColumns.of(view, schema);
        return new RowDecoder(
                view, rows, columns.eventTime(), columns.createdTime().orElse(null));
    }

    /** The row, or nothing where a join key is null: such a row can never be asked for. */
    Optional<OnlineRow> decode(int row) {
        List<Value> key = new ArrayList<>(keys.size());
        for (ColumnReader column : keys) {
            Value value = read(column, row, key);
            if (value == Value.Null.NULL) {
                return Optional.empty();
            }
            key.add(value);
        }
        List<Value> values = new ArrayList<>(features.size());
        for (ColumnReader column : features) {
            values.add(read(column, row, key));
        }
        if (!(read(eventTime, row, key) instanceof Value.Time time)) {
            throw new InvalidRequestException(
                    "A row of feature view '%s'%s has no time in '%s'".formatted(view.name(), with(key), eventColumn));
        }
        Optional<Value> created = createdTime == null ? Optional.empty() : Optional.of(read(createdTime, row, key));
        return Optional.of(new OnlineRow(
                new EntityKey(joinKeys, key),
                values,
                time.value(),
                created.filter(Value.Time.class::isInstance)
                        .map(Value.Time.class::cast)
                        .map(Value.Time::value)));
    }

    /** @param key as much of it as is known */
    private Value read(ColumnReader column, int row, List<Value> key) {
        try {
            return column.read(row);
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException(
                    "A row of feature view '%s'%s cannot be read. %s".formatted(view.name(), with(key), e.getMessage()),
                    e);
        }
    }

    /** Which row is meant, for messages; views of the whole world have no key. */
    private String with(List<Value> key) {
        return key.isEmpty()
                ? ""
                : IntStream.range(0, key.size())
                        .mapToObj(i -> "%s=%s".formatted(joinKeys.get(i), ArrowValues.show(key.get(i))))
                        .collect(Collectors.joining(", ", " with key ", ""));
    }

    private static List<ColumnReader> readers(List<Field> fields, VectorSchemaRoot root, ArrowReader dictionaries) {
        return fields.stream()
                .map(field -> reader(field.name(), field.type(), root, dictionaries))
                .toList();
    }

    private static ColumnReader reader(String column, ValueType type, VectorSchemaRoot root, ArrowReader dictionaries) {
        FieldVector vector = root.getVector(column);
        if (vector == null) {
            throw new InvalidRequestException(
                    "The rows have no column '%s', only: %s".formatted(column, IngestColumns.names(root.getSchema())));
        }
        return ArrowValues.reader(vector, type, dictionaries);
    }
}
