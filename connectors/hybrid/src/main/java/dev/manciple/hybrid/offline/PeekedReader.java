package dev.manciple.hybrid.offline;

import dev.manciple.arrow.DerivedReader;
import java.io.IOException;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The batches of another reader, the first of which may be looked at before they are read: answers that begin in order mostly are, and
 * need not be sorted. Closing it does not close the other.
 */
final class PeekedReader extends DerivedReader {
    private boolean peeked;
    private boolean more;

    /** @param rows with their row ids in the first column */
    PeekedReader(ArrowReader rows) throws IOException {
        super(rows, rows.getVectorSchemaRoot().getVector(0).getAllocator());
    }

    /** Whether the row ids of the first batch are 0, 1, 2 and so on. */
    boolean startsInOrder() throws IOException {
        more = from().loadNextBatch();
        peeked = true;
        VectorSchemaRoot root = getVectorSchemaRoot();
        if (!(root.getVector(0) instanceof BigIntVector ids)) {
            return false;
        }
        for (int row = 0; more && row < root.getRowCount(); row++) {
            if (ids.isNull(row) || ids.get(row) != row) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (peeked) {
            peeked = false;
            return more;
        }
        return from().loadNextBatch();
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return from().getVectorSchemaRoot();
    }

    @Override
    protected Schema readSchema() throws IOException {
        return getVectorSchemaRoot().getSchema();
    }

    @Override
    public void close() {}

    @Override
    public void close(boolean closeReadSource) {}
}
