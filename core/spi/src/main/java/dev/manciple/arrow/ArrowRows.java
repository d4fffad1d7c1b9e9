package dev.manciple.arrow;

import dev.manciple.error.StoreException;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Rows of values as Arrow batches and back. */
public final class ArrowRows {
    private ArrowRows() {}

    /**
     * A reader over rows in memory. The caller closes it, and with it the batches; the allocator stays the caller's.
     *
     * @param rows each with one value per field of the schema
     * @param batchSize rows per batch; the last may have fewer
     */
    public static ArrowReader reader(BufferAllocator allocator, Schema schema, List<List<Value>> rows, int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("A batch needs at least one row, not " + batchSize);
        }
        return new InMemory(allocator, schema, List.copyOf(rows), batchSize);
    }

    /** All rows that are left, each column read as the type its Arrow type stands for. Does not close the reader. */
    public static List<List<Value>> read(ArrowReader reader) {
        return read(reader, types(reader));
    }

    /** All rows that are left, read as the given types, one per column. Does not close the reader. */
    public static List<List<Value>> read(ArrowReader reader, List<ValueType> types) {
        List<List<Value>> rows = new ArrayList<>();
        forEach(reader, types, rows::add);
        return rows;
    }

    /** The type of every column of a reader. */
    public static List<ValueType> types(ArrowReader reader) {
        return root(reader).getSchema().getFields().stream()
                .map(field -> ArrowTypes.valueType(field, reader))
                .toList();
    }

    /**
     * Hands over the rows that are left one by one, in memory of one batch. Does not close the reader.
     *
     * @param types one per column
     */
    public static void forEach(ArrowReader reader, List<ValueType> types, Consumer<List<Value>> consumer) {
        VectorSchemaRoot root = root(reader);
        List<ColumnReader> columns = columns(root, types, reader);
        while (next(reader)) {
            for (int row = 0; row < root.getRowCount(); row++) {
                int index = row;
                consumer.accept(
                        columns.stream().map(column -> column.read(index)).toList());
            }
        }
    }

    private static List<ColumnReader> columns(VectorSchemaRoot root, List<ValueType> types, ArrowReader reader) {
        List<FieldVector> vectors = root.getFieldVectors();
        if (vectors.size() != types.size()) {
            throw new IllegalArgumentException(
                    "%d types for the %d columns of %s".formatted(types.size(), vectors.size(), root.getSchema()));
        }
        List<ColumnReader> columns = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            columns.add(ArrowValues.reader(vectors.get(i), types.get(i), reader));
        }
        return columns;
    }

    private static VectorSchemaRoot root(ArrowReader reader) {
        try {
            return reader.getVectorSchemaRoot();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static boolean next(ArrowReader reader) {
        try {
            return reader.loadNextBatch();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static StoreException unreadable(IOException cause) {
        return new StoreException(
                "The Arrow stream", "read the next batch", false, StoreException.Outcome.NOT_APPLIED, cause);
    }

    private static final class InMemory extends ArrowReader {
        private final Schema schema;
        private final List<List<Value>> rows;
        private final int batchSize;
        private int next;

        InMemory(BufferAllocator allocator, Schema schema, List<List<Value>> rows, int batchSize) {
            super(allocator);
            this.schema = schema;
            this.rows = rows;
            this.batchSize = batchSize;
        }

        @Override
        protected Schema readSchema() {
            return schema;
        }

        @Override
        public boolean loadNextBatch() throws IOException {
            prepareLoadNextBatch();
            int count = Math.min(batchSize, rows.size() - next);
            VectorSchemaRoot root = getVectorSchemaRoot();
            root.getFieldVectors().forEach(FieldVector::reset);
            for (int row = 0; row < count; row++) {
                fill(root, row, rows.get(next + row));
            }
            root.setRowCount(count);
            next += count;
            return count > 0;
        }

        private static void fill(VectorSchemaRoot root, int row, List<Value> values) {
            List<FieldVector> vectors = root.getFieldVectors();
            if (values.size() != vectors.size()) {
                throw new IllegalArgumentException(
                        "A row of %d values for %d columns: %s".formatted(values.size(), vectors.size(), values));
            }
            for (int column = 0; column < values.size(); column++) {
                ArrowValues.set(vectors.get(column), row, values.get(column));
            }
        }

        @Override
        public long bytesRead() {
            return 0;
        }

        @Override
        protected void closeReadSource() {}
    }
}
