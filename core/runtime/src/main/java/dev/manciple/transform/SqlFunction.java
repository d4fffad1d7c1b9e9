package dev.manciple.transform;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.local.Engine;
import dev.manciple.model.Field;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.TransferPair;

/** Evaluates one SQL expression per feature, a batch at a time. */
final class SqlFunction implements OnDemandFunction {
    /** Scalars that a list, map or struct can be read as. */
    private static final Set<ValueType> MAY_HAVE_PARTS =
            Set.of(ValueType.Scalar.STRING, ValueType.Scalar.JSON, ValueType.Scalar.ZONED_TIMESTAMP);

    private final OnDemandSlice slice;
    private final Map<String, String> expressions;
    private final Engine engine;

    /** @throws InvalidRequestException if a feature of the slice has no expression */
    SqlFunction(OnDemandSlice slice, Transformation.Sql sql, Engine engine) {
        this.slice = slice;
        this.expressions = expressions(slice, sql);
        this.engine = engine;
    }

    private static Map<String, String> expressions(OnDemandSlice slice, Transformation.Sql sql) {
        Map<String, String> wanted = new LinkedHashMap<>();
        for (Field feature : slice.features()) {
            String expression = sql.expressions().get(feature.name());
            if (expression == null) {
                throw new InvalidRequestException(
                        "On demand feature view '%s' has no SQL expression for its feature '%s', only for: %s"
                                .formatted(
                                        slice.view().name(),
                                        feature.name(),
                                        String.join(", ", sql.expressions().keySet())));
            }
            wanted.put(feature.name(), expression);
        }
        return wanted;
    }

    @Override
    public List<List<Value>> compute(List<List<Value>> inputs, int rows) {
        List<List<Value>> outputs = new ArrayList<>();
        slice.features().forEach(feature -> outputs.add(new ArrayList<>(rows)));
        Schema schema = new Schema(slice.inputs().stream()
                .map(input -> ArrowTypes.arrow(input.name(), input.type()))
                .toList());
        try (BufferAllocator batches = engine.allocator().newChildAllocator("on demand", 0, Long.MAX_VALUE);
                ArrowReader reader = ArrowRows.reader(batches, schema, byRow(inputs, rows), Math.max(1, rows))) {
            evaluate(
                    reader,
                    batches,
                    (feature, row, value) -> outputs.get(feature).add(value));
        } catch (IOException e) {
            throw failed(e);
        }
        return outputs;
    }

    private static List<List<Value>> byRow(List<List<Value>> columns, int rows) {
        List<List<Value>> byRow = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            int index = row;
            byRow.add(columns.stream().map(column -> column.get(index)).toList());
        }
        return byRow;
    }

    @Override
    public void compute(
            List<FieldVector> inputs, DictionaryProvider dictionaries, int rows, List<FieldVector> outputs) {
        // Buffers can be shared only below one root, which is the caller's and need not be the engine's.
        BufferAllocator batches = outputs.getFirst().getAllocator();
        try (ArrowReader batch = new SingleBatch(named(inputs, rows, batches), batches)) {
            evaluate(batch, batches, (feature, row, value) -> ArrowValues.set(outputs.get(feature), row, value));
        } catch (IOException e) {
            throw failed(e);
        }
        outputs.forEach(output -> output.setValueCount(rows));
    }

    /** The same values under the names the expressions use; buffers are shared, not copied. */
    private VectorSchemaRoot named(List<FieldVector> inputs, int rows, BufferAllocator batches) {
        List<FieldVector> named = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            TransferPair pair =
                    inputs.get(i).getTransferPair(slice.inputs().get(i).name(), batches);
            pair.splitAndTransfer(0, rows);
            named.add((FieldVector) pair.getTo());
        }
        return new VectorSchemaRoot(named.stream().map(FieldVector::getField).toList(), named, rows);
    }

    private void evaluate(ArrowReader inputs, BufferAllocator batches, Cell cell) throws IOException {
        try {
            project(inputs, batches, cell);
        } catch (StoreException e) {
            if (e.retryable()) {
                throw e;
            }
            // The engine is there: these inputs, and no others, have no result.
            throw new InvalidRequestException(
                    "The SQL expressions of on demand feature view '%s' have no result for these inputs: %s"
                            .formatted(slice.view().name(), reason(e)),
                    e);
        }
    }

    private static String reason(StoreException failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private void project(ArrowReader inputs, BufferAllocator batches, Cell cell) throws IOException {
        try (ArrowReader results = engine.project(inputs, expressions, batches)) {
            VectorSchemaRoot root = results.getVectorSchemaRoot();
            List<FieldVector> columns = root.getFieldVectors();
            int first = columns.size() - slice.features().size();
            List<ColumnReader> readers = new ArrayList<>();
            for (int i = 0; i < slice.features().size(); i++) {
                readers.add(reader(slice.features().get(i), columns.get(first + i), results));
            }
            int before = 0;
            while (results.loadNextBatch()) {
                for (int row = 0; row < root.getRowCount(); row++) {
                    for (int i = 0; i < readers.size(); i++) {
                        cell.set(i, before + row, readers.get(i).read(row));
                    }
                }
                before += root.getRowCount();
            }
        }
    }

    /** What is made of parts is no number, time or flag, whatever the parts are: that is told also where there are no rows. */
    private ColumnReader reader(Field feature, FieldVector computed, DictionaryProvider dictionaries) {
        boolean plain = feature.type() instanceof ValueType.Scalar scalar && !MAY_HAVE_PARTS.contains(scalar);
        if (plain && !computed.getField().getChildren().isEmpty()) {
            throw new InvalidRequestException("Feature '%s' of '%s' is declared as %s, but its expression gives a %s"
                    .formatted(
                            feature.name(),
                            slice.view().name(),
                            feature.type(),
                            computed.getMinorType().name().toLowerCase(Locale.ROOT)));
        }
        return ArrowValues.reader(computed, feature.type(), dictionaries);
    }

    private StoreException failed(IOException e) {
        return new StoreException(
                "On demand feature view '%s'".formatted(slice.view().name()),
                "evaluate its SQL expressions",
                false,
                StoreException.Outcome.NOT_APPLIED,
                e);
    }

    private interface Cell {
        void set(int feature, int row, Value value);
    }
}
