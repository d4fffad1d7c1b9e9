package dev.manciple.duckdb;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Rows on their way into the engine. Exporting a reader hands over its ownership, and the engine reports what goes wrong in it as
 * text; this one leaves the reader to its owner and remembers the failure itself. It also takes every batch's buffers away from
 * the reader: the engine is still reading one batch while it asks for the next, which many readers write over the last.
 */
final class IncomingRows extends ArrowReader {
    private final ArrowReader rows;
    private final VectorSchemaRoot taken;
    private final ReentrantLock asking = new ReentrantLock();
    private @Nullable Thread waiting;
    private @Nullable RuntimeException failure;

    /** @param allocator of the same root as that of the rows */
    IncomingRows(ArrowReader rows, BufferAllocator allocator) throws IOException {
        super(allocator);
        this.rows = rows;
        this.taken = VectorSchemaRoot.create(rows.getVectorSchemaRoot().getSchema(), allocator);
    }

    /** What stopped the rows, if anything did. */
    Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Interrupts the engine's thread that waits for the next batch, if one does. */
    void interrupt() {
        asking.lock();
        try {
            if (waiting != null) {
                waiting.interrupt();
            }
        } finally {
            asking.unlock();
        }
    }

    private void setWaiting(@Nullable Thread thread) {
        asking.lock();
        try {
            waiting = thread;
        } finally {
            asking.unlock();
        }
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() {
        return taken;
    }

    @Override
    public Dictionary lookup(long id) {
        return rows.lookup(id);
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        setWaiting(Thread.currentThread());
        try {
            if (!rows.loadNextBatch()) {
                return false;
            }
            VectorSchemaRoot given = rows.getVectorSchemaRoot();
            List<FieldVector> vectors = given.getFieldVectors();
            for (int i = 0; i < vectors.size(); i++) {
                vectors.get(i).makeTransferPair(taken.getVector(i)).transfer();
            }
            taken.setRowCount(given.getRowCount());
            return true;
        } catch (IOException e) {
            failure = DuckDbSession.failed(e, "read the rows given");
            throw e;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            setWaiting(null);
        }
    }

    @Override
    public long bytesRead() {
        return rows.bytesRead();
    }

    /** Frees the last batch; the engine keeps what it still reads. The reader stays open. */
    @Override
    public void close() {
        taken.close();
    }

    @Override
    public void close(boolean closeReadSource) {
        close();
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() {
        return taken.getSchema();
    }
}
