package dev.manciple.materialize;

import dev.manciple.arrow.DerivedReader;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A caller's reader that shows each batch to the online sinks as it is loaded, so that an offline write and the online writes
 * share one pass. Closing it leaves the caller's reader open.
 */
final class SinkingReader extends DerivedReader {
    private final List<OnlineSink> sinks;
    private long loaded;

    SinkingReader(ArrowReader rows, List<OnlineSink> sinks, BufferAllocator allocator) {
        super(rows, allocator);
        this.sinks = sinks;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return from().getVectorSchemaRoot();
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (!from().loadNextBatch()) {
            return false;
        }
        int count = from().getVectorSchemaRoot().getRowCount();
        sinks.forEach(sink -> sink.accept(count));
        loaded += count;
        return true;
    }

    /** Rows loaded so far. */
    long rows() {
        return loaded;
    }

    /** Loads what nobody has loaded yet. */
    void drain() throws IOException {
        boolean more = true;
        while (more) {
            more = loadNextBatch();
        }
    }

    @Override
    protected Schema readSchema() throws IOException {
        return from().getVectorSchemaRoot().getSchema();
    }

    @Override
    protected void closeReadSource() {}
}
