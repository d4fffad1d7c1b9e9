package dev.manciple.arrow;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/**
 * A reader whose batches come from those of another. Dictionaries are the other's: columns that are encoded by one may pass as
 * they are. Closing it closes the other, unless a subclass says that somebody else does.
 */
public abstract class DerivedReader extends ArrowReader {
    private final ArrowReader from;

    /** @param allocator owns what this reader adds to the other's batches */
    protected DerivedReader(ArrowReader from, BufferAllocator allocator) {
        super(allocator);
        this.from = from;
    }

    /** The reader the batches come from. */
    protected final ArrowReader from() {
        return from;
    }

    @Override
    public Map<Long, Dictionary> getDictionaryVectors() throws IOException {
        return from.getDictionaryVectors();
    }

    @Override
    public @Nullable Dictionary lookup(long id) {
        return from.lookup(id);
    }

    @Override
    public Set<Long> getDictionaryIds() {
        return from.getDictionaryIds();
    }

    @Override
    public long bytesRead() {
        return from.bytesRead();
    }

    @Override
    protected void closeReadSource() throws IOException {
        from.close();
    }
}
