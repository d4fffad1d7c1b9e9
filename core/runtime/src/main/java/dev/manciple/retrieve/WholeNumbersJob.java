package dev.manciple.retrieve;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.StoreException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.ViewSlice;
import dev.manciple.spi.WriteReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A store's job whose integer features come as integers also where the source keeps them in a column of fractions, as programs
 * without nullable integers write it. A result that the engine writes itself has the source's type.
 */
final class WholeNumbersJob implements RetrievalJob {
    private final RetrievalJob stored;
    private final List<Feature> features;

    /**
     * @param reference the feature as requests name it
     * @param source what messages call its source
     */
    record Feature(String reference, String source, ValueType declared) {}

    /** @param stored returns the entity rows, then all features of {@code slices} in order */
    WholeNumbersJob(RetrievalJob stored, List<ViewSlice> slices) {
        this.stored = stored;
        List<Feature> all = new ArrayList<>();
        for (ViewSlice slice : slices) {
            String source = slice.view().source().map(DataSource::name).orElse(slice.outputName());
            for (Field feature : slice.features()) {
                all.add(new Feature(slice.outputName() + ":" + feature.name(), source, feature.type()));
            }
        }
        this.features = List.copyOf(all);
    }

    @Override
    public Schema schema() {
        Schema schema = stored.schema();
        return schema(schema, converted(schema));
    }

    @Override
    public ArrowReader open(BufferAllocator allocator) {
        ArrowReader rows = stored.open(allocator);
        try {
            Map<Integer, Feature> converted =
                    converted(rows.getVectorSchemaRoot().getSchema());
            return converted.isEmpty() ? rows : new WholeNumbers(rows, converted, allocator);
        } catch (IOException e) {
            try (rows) {
                throw unreadable(e);
            } catch (IOException closing) {
                throw unreadable(closing);
            }
        }
    }

    @Override
    public Optional<String> sql() {
        return stored.sql();
    }

    @Override
    public Explanation explain() {
        return stored.explain();
    }

    @Override
    public WriteReport writeTo(SourceLocation target, boolean overwrite) {
        return stored.writeTo(target, overwrite);
    }

    private static StoreException unreadable(IOException cause) {
        return new StoreException(
                "The offline store", "read the result", false, StoreException.Outcome.NOT_APPLIED, cause);
    }

    /** By place of their column. */
    private Map<Integer, Feature> converted(Schema schema) {
        Map<Integer, Feature> converted = new TreeMap<>();
        int first = schema.getFields().size() - features.size();
        for (int i = 0; i < features.size(); i++) {
            ArrowType type = schema.getFields().get(first + i).getType();
            if (isInteger(features.get(i).declared())
                    && (type instanceof ArrowType.FloatingPoint || type instanceof ArrowType.Decimal)) {
                converted.put(first + i, features.get(i));
            }
        }
        return converted;
    }

    private static boolean isInteger(ValueType type) {
        return type == ValueType.Scalar.INT32 || type == ValueType.Scalar.INT64;
    }

    static Schema schema(Schema stored, Map<Integer, Feature> converted) {
        List<org.apache.arrow.vector.types.pojo.Field> fields = new ArrayList<>(stored.getFields());
        converted.forEach((place, feature) ->
                fields.set(place, ArrowTypes.arrow(fields.get(place).getName(), feature.declared())));
        return new Schema(fields, stored.getCustomMetadata());
    }
}
