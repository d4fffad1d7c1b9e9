package dev.manciple.sql;

import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.VariableWidthFieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The batches of another reader under another schema: other names, and other types for the same bytes. Buffers are shared
 * rather than copied; only text and bytes that the two types lay out differently are written anew.
 */
public final class RetypedReader extends ArrowReader {
    private final ArrowReader from;
    private final Schema schema;
    private final AutoCloseable source;
    private @Nullable Columns columns;

    /**
     * @param from read, but closed only through {@code source}
     * @param allocator the one of {@code from}'s batches
     * @param source closed with this reader
     */
    public RetypedReader(ArrowReader from, Schema schema, BufferAllocator allocator, AutoCloseable source) {
        super(allocator);
        this.from = from;
        this.schema = schema;
        this.source = source;
    }

    /** The batches of a reader that stays the caller's: closing this one does not close it. */
    public static RetypedReader over(ArrowReader from, Schema schema) throws IOException {
        VectorSchemaRoot root = from.getVectorSchemaRoot();
        if (root.getFieldVectors().isEmpty()) {
            throw new InvalidRequestException("The rows given have no columns");
        }
        return new RetypedReader(from, schema, root.getFieldVectors().getFirst().getAllocator(), () -> {});
    }

    @Override
    protected Schema readSchema() {
        return schema;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        prepareLoadNextBatch();
        if (!from.loadNextBatch()) {
            return false;
        }
        if (columns == null) {
            columns = new Columns(from.getVectorSchemaRoot(), schema, allocator);
        }
        try (ArrowRecordBatch batch = columns.unload()) {
            columns.release();
            loadRecordBatch(batch);
        }
        return true;
    }

    @Override
    public long bytesRead() {
        return from.bytesRead();
    }

    @Override
    protected void closeReadSource() throws IOException {
        try (source) {
            if (columns != null) {
                columns.close();
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** The other reader's vectors, or where they are laid out differently, ones filled from them. */
    private static final class Columns implements AutoCloseable {
        private final VectorSchemaRoot from;
        private final List<FieldVector> vectors = new ArrayList<>();
        private final List<Rewritten> rewritten = new ArrayList<>();

        Columns(VectorSchemaRoot from, Schema schema, BufferAllocator allocator) {
            this.from = from;
            List<FieldVector> given = from.getFieldVectors();
            if (given.size() != schema.getFields().size()) {
                throw new InternalException(
                        "The engine gave %s for the promised %s".formatted(from.getSchema(), schema));
            }
            for (int i = 0; i < given.size(); i++) {
                add(given.get(i), schema.getFields().get(i), allocator);
            }
        }

        private void add(FieldVector vector, Field promised, BufferAllocator allocator) {
            if (sameLayout(vector.getField(), promised)) {
                vectors.add(vector);
            } else if (vector instanceof VariableWidthFieldVector
                    || vector instanceof NullVector
                    || promised.getType() instanceof ArrowType.Null) {
                FieldVector target = promised.createVector(allocator);
                rewritten.add(new Rewritten(vector, target));
                vectors.add(target);
            } else {
                throw new InternalException(
                        "The engine gave %s for the promised column %s".formatted(vector.getField(), promised));
            }
        }

        ArrowRecordBatch unload() {
            int rows = from.getRowCount();
            rewritten.forEach(column -> column.fill(rows));
            return new VectorUnloader(new VectorSchemaRoot(vectors)).getRecordBatch();
        }

        /** Lets go of the batch, so that the other reader cannot write the next one over it. */
        void release() {
            from.getFieldVectors().forEach(FieldVector::clear);
        }

        @Override
        public void close() {
            rewritten.forEach(column -> column.to().close());
        }

        private static boolean sameLayout(Field left, Field right) {
            List<Field> leftChildren = left.getChildren();
            List<Field> rightChildren = right.getChildren();
            if (leftChildren.size() != rightChildren.size()
                    || !TypeLayout.getTypeLayout(left.getType()).equals(TypeLayout.getTypeLayout(right.getType()))) {
                return false;
            }
            for (int i = 0; i < leftChildren.size(); i++) {
                if (!sameLayout(leftChildren.get(i), rightChildren.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Text, bytes or nulls in the layout of another type. */
    private record Rewritten(FieldVector from, FieldVector to) {
        void fill(int rows) {
            to.reset();
            to.setInitialCapacity(rows);
            to.allocateNew();
            if (from instanceof VariableWidthFieldVector bytes) {
                for (int row = 0; row < rows; row++) {
                    if (!bytes.isNull(row)) {
                        set(row, bytes.get(row));
                    }
                }
            }
            to.setValueCount(rows);
        }

        private void set(int row, byte[] value) {
            if (to instanceof VariableWidthFieldVector bytes) {
                bytes.setSafe(row, value);
            } else if (to instanceof FixedSizeBinaryVector bytes) {
                bytes.setSafe(row, value);
            }
        }
    }
}
