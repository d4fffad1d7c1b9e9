package dev.manciple.postgres;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.function.IntConsumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Entity rows of the keys 0, 1, 2 and so on at one time, a thousand in a batch, while which things happen. */
final class EntityRows extends ArrowReader {
    private static final int BATCH = 1000;

    private final Schema schema;
    private final Instant time;
    private final long rows;
    private final IntConsumer beforeBatch;
    private int batches;

    /**
     * @param schema a key and a time
     * @param rows a multiple of a thousand
     * @param beforeBatch told the number of each batch, from one, before it is there
     */
    EntityRows(BufferAllocator allocator, Schema schema, Instant time, long rows, IntConsumer beforeBatch) {
        super(allocator);
        this.schema = schema;
        this.time = time;
        this.rows = rows;
        this.beforeBatch = beforeBatch;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        prepareLoadNextBatch();
        long first = (long) batches * BATCH;
        if (first >= rows) {
            return false;
        }
        beforeBatch.accept(++batches);
        getVectorSchemaRoot().allocateNew();
        for (int row = 0; row < BATCH; row++) {
            ArrowValues.set(getVectorSchemaRoot().getVector(0), row, new Value.Int(first + row));
            ArrowValues.set(getVectorSchemaRoot().getVector(1), row, new Value.Time(time));
        }
        getVectorSchemaRoot().setRowCount(BATCH);
        return true;
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() {
        return schema;
    }
}
