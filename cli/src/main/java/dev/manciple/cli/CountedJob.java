package dev.manciple.cli;

import dev.manciple.arrow.DerivedReader;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.RetrievalJob;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A job that tells of its rows as they come.
 *
 * @param rows takes the number of rows of each batch, on the thread that reads
 */
record CountedJob(RetrievalJob job, LongConsumer rows) implements RetrievalJob {
    @Override
    public Schema schema() {
        return job.schema();
    }

    @Override
    public ArrowReader open(BufferAllocator allocator) {
        return new Reader(job.open(allocator), rows, allocator);
    }

    @Override
    public Explanation explain() {
        return job.explain();
    }

    /** Hands batches on as they are. */
    private static final class Reader extends DerivedReader {
        private final LongConsumer rows;

        Reader(ArrowReader from, LongConsumer rows, BufferAllocator allocator) {
            super(from, allocator);
            this.rows = rows;
        }

        @Override
        public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
            return from().getVectorSchemaRoot();
        }

        @Override
        public boolean loadNextBatch() throws IOException {
            boolean more = from().loadNextBatch();
            if (more) {
                rows.accept(getVectorSchemaRoot().getRowCount());
            }
            return more;
        }

        @Override
        protected Schema readSchema() throws IOException {
            return getVectorSchemaRoot().getSchema();
        }
    }
}
