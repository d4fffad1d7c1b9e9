package dev.manciple.postgres;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** The rows of a query as the server copies them out, in one stream or in several that take turns, as {@link PartedWriter} has it. */
final class CopyReader extends ArrowReader {
    private static final int VALUES_PER_BATCH = 1 << 18;
    private static final int MOST_ROWS_PER_BATCH = 16_384;

    private final List<CopyStream> parts;
    private final Schema schema;
    private final List<PgType> types;
    private final int batchSize;
    private @Nullable List<ColumnDecoder> decoders;
    private int turn;
    private int leftOfTurn = PartedWriter.BLOCK;
    private boolean closed;

    /**
     * @param schema the columns to make, in the order of {@code types}
     * @param types what the server sends
     */
    CopyReader(List<CopyStream> parts, Schema schema, List<PgType> types, BufferAllocator allocator) {
        super(allocator);
        this.parts = parts;
        this.schema = schema;
        this.types = types;
        this.batchSize = Math.clamp(VALUES_PER_BATCH / Math.max(1, types.size()), 64, MOST_ROWS_PER_BATCH);
    }

    @Override
    protected Schema readSchema() {
        return schema;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (closed) {
            throw new IOException("the reader is closed");
        }
        prepareLoadNextBatch();
        VectorSchemaRoot root = getVectorSchemaRoot();
        root.getFieldVectors().forEach(vector -> {
            vector.setInitialCapacity(batchSize);
            vector.allocateNew();
        });
        int rows = read(decoders(root));
        root.setRowCount(rows);
        return rows > 0;
    }

    private int read(List<ColumnDecoder> columns) {
        int rows = 0;
        while (rows < batchSize && !parts.stream().allMatch(CopyStream::isEnded)) {
            int read = parts.get(turn).read(columns, rows, Math.min(batchSize - rows, leftOfTurn));
            rows += read;
            leftOfTurn -= read;
            if (leftOfTurn == 0 || parts.get(turn).isEnded()) {
                turn = (turn + 1) % parts.size();
                leftOfTurn = PartedWriter.BLOCK;
            }
        }
        return rows;
    }

    private List<ColumnDecoder> decoders(VectorSchemaRoot root) {
        if (decoders == null) {
            List<FieldVector> vectors = root.getFieldVectors();
            decoders = new ArrayList<>();
            for (int i = 0; i < vectors.size(); i++) {
                decoders.add(ColumnDecoder.of(vectors.get(i), types.get(i)));
            }
        }
        return decoders;
    }

    @Override
    public long bytesRead() {
        return parts.stream().mapToLong(CopyStream::bytesRead).sum();
    }

    @Override
    protected void closeReadSource() {
        closed = true;
        parts.forEach(CopyStream::cancel);
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            super.close();
        }
    }
}
