package dev.manciple.arrow;

import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/** A reader with columns of its own, which are made of those of each batch of another. */
public abstract class RemadeReader extends DerivedReader {
    /** @param allocator owns the columns */
    protected RemadeReader(ArrowReader from, BufferAllocator allocator) {
        super(from, allocator);
    }

    /**
     * Makes the columns of one batch, but for their number of rows. What is left in them of the batch before is of no use.
     *
     * @param given the other's batch, whose columns may be moved away
     */
    protected abstract void remake(VectorSchemaRoot given, VectorSchemaRoot made);

    @Override
    public final boolean loadNextBatch() throws IOException {
        prepareLoadNextBatch();
        VectorSchemaRoot made = getVectorSchemaRoot();
        if (!from().loadNextBatch()) {
            made.setRowCount(0);
            return false;
        }
        VectorSchemaRoot given = from().getVectorSchemaRoot();
        remake(given, made);
        made.setRowCount(given.getRowCount());
        return true;
    }
}
