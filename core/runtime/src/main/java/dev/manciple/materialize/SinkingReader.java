package dev.manciple.materialize;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A caller's reader that shows each batch to the online sinks as it is loaded, so that an offline write and the online writes
 * share one pass. Closing it leaves the caller's reader open.
 */
final class SinkingReader extends ArrowReader {
    private final ArrowReader rows;
    private final List<OnlineSink> sinks;
    private long loaded;

    SinkingReader(ArrowReader rows, List<OnlineSink> sinks, BufferAllocator allocator) {
        super(allocator);
        this.rows = rows;
        this.sinks = sinks;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return rows.getVectorSchemaRoot();
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (!rows.loadNextBatch()) {
            return false;
        }
        int count = rows.getVectorSchemaRoot().getRowCount();
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
    public Map<Long, Dictionary> getDictionaryVectors() throws IOException {
        return rows.getDictionaryVectors();
    }

    @Override
    public Dictionary lookup(long id) {
        return rows.lookup(id);
    }

    @Override
    public Set<Long> getDictionaryIds() {
        return rows.getDictionaryIds();
    }

    @Override
    public long bytesRead() {
        return rows.bytesRead();
    }

    @Override
    protected Schema readSchema() throws IOException {
        return rows.getVectorSchemaRoot().getSchema();
    }

    @Override
    protected void closeReadSource() {}
}
