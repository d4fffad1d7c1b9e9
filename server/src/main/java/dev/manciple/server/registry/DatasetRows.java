package dev.manciple.server.registry;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueJson;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetDataResponse;
import dev.manciple.wire.proto.RegistryServerProto.TabularRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The first rows of a dataset, as Feast's protocol has them: each value a text that is JSON. */
final class DatasetRows {
    private static final FeatureSelection NO_FEATURES = new FeatureSelection.Views(List.of());

    private final GetDatasetDataResponse.Builder answer = GetDatasetDataResponse.newBuilder();
    private final int limit;
    private final long limitBytes;
    private long bytes;

    private DatasetRows(int limit, long limitBytes) {
        this.limit = limit;
        this.limitBytes = limitBytes;
    }

    /**
     * Reads no more than are answered.
     *
     * @param limitBytes of all values
     * @throws InvalidRequestException if the rows are larger
     */
    static GetDatasetDataResponse first(FeatureStore store, Path file, int limit, long limitBytes) {
        if (!(store.entityRows(file, NO_FEATURES) instanceof Spine.Rows rows)) {
            throw new InternalException("The rows of a file came as something else");
        }
        DatasetRows first = new DatasetRows(limit, limitBytes);
        try (ArrowReader reader = rows.reader().get()) {
            first.read(reader);
        } catch (IOException e) {
            throw new StoreException(
                    "The registry server", "read the dataset", true, StoreException.Outcome.NOT_APPLIED, e);
        }
        int count = first.answer.getRowsCount();
        return first.answer.setTotalRows(count).setSampleSize(count).build();
    }

    private void read(ArrowReader reader) throws IOException {
        VectorSchemaRoot root = reader.getVectorSchemaRoot();
        root.getSchema().getFields().stream().map(Field::getName).forEach(answer::addColumns);
        List<ValueType> types = ArrowRows.types(reader);
        List<ColumnReader> columns = new ArrayList<>();
        List<FieldVector> vectors = root.getFieldVectors();
        for (int i = 0; i < vectors.size(); i++) {
            columns.add(ArrowValues.reader(vectors.get(i), types.get(i), reader));
        }
        while (answer.getRowsCount() < limit && reader.loadNextBatch()) {
            for (int row = 0; row < root.getRowCount() && answer.getRowsCount() < limit; row++) {
                answer.addRows(row(columns, row));
            }
        }
    }

    private TabularRow row(List<ColumnReader> columns, int index) {
        TabularRow.Builder row = TabularRow.newBuilder();
        for (ColumnReader column : columns) {
            byte[] json = JsonMapper.shared().writeValueAsBytes(json(column.read(index)));
            bytes += json.length;
            if (bytes > limitBytes) {
                throw new InvalidRequestException(
                        "The first %d rows of the dataset are larger than %d bytes. Ask for fewer with 'limit'"
                                .formatted(limit, limitBytes));
            }
            row.addValues(new String(json, StandardCharsets.UTF_8));
        }
        return row.build();
    }

    /** Times as text, which people read. */
    private static @Nullable Object json(Value value) {
        return switch (value) {
            case Value.Time time -> time.value().toString();
            case Value.Many many -> {
                List<@Nullable Object> elements = new ArrayList<>();
                many.values().forEach(element -> elements.add(json(element)));
                yield elements;
            }
            default -> ValueJson.toJson(value);
        };
    }
}
