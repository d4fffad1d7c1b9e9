package dev.manciple.postgres;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/** The rows of a query as the server copies them out. */
final class CopyReader extends ArrowReader {
    private static final int VALUES_PER_BATCH = 1 << 18;
    private static final int MOST_ROWS_PER_BATCH = 16_384;

    /** A signature, flags and the length of an extension there is none of. */
    private static final int HEADER_LENGTH = 19;

    private static final int LAST_ROW = -1;

    private final PostgresSession session;
    private final CopyOut copy;
    private final Schema schema;
    private final List<PgType> types;
    private final int batchSize;
    private @Nullable List<ColumnDecoder> decoders;
    private boolean started;
    private boolean ended;
    private boolean closed;
    private long bytesRead;

    /**
     * @param schema the columns to make, in the order of {@code types}
     * @param types what the server sends
     */
    CopyReader(PostgresSession session, CopyOut copy, Schema schema, List<PgType> types, BufferAllocator allocator) {
        super(allocator);
        this.session = session;
        this.copy = copy;
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
        int rows = session.waiting("read the rows of a query", () -> readRows(root));
        root.setRowCount(rows);
        return rows > 0;
    }

    private int readRows(VectorSchemaRoot root) throws SQLException {
        List<ColumnDecoder> columns = decoders(root);
        int rows = 0;
        while (!ended && rows < batchSize) {
            byte[] message = copy.readFromCopy();
            if (message == null) {
                ended = true;
                break;
            }
            bytesRead += message.length;
            int at = started ? 0 : HEADER_LENGTH;
            started = true;
            if (at < message.length && !isLast(message, at)) {
                readRow(columns, rows, message, at + Short.BYTES);
                rows++;
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

    private static boolean isLast(byte[] message, int at) {
        return (short) CopyBuffer.SHORT.get(message, at) == LAST_ROW;
    }

    private static void readRow(List<ColumnDecoder> columns, int row, byte[] message, int at) {
        int next = at;
        for (ColumnDecoder column : columns) {
            next = column.read(row, message, next);
        }
    }

    @Override
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    protected void closeReadSource() {
        closed = true;
        if (!ended) {
            ended = true;
            session.cancel(copy);
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            super.close();
        }
    }
}
