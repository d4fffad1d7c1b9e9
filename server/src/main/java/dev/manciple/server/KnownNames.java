package dev.manciple.server;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The names of columns as a protocol writes them, which are the same in each answer to a list of features: to know them again takes
 * a fraction of the time to write hundreds of names. Thread-safe.
 */
public final class KnownNames {
    /** As many as lists of features are known. */
    private static final int MOST_KNOWN = 64;

    /** In bytes: of more than a thousand names. What is known stays within a few megabytes, whatever is asked for. */
    private static final int LONGEST_KNOWN = 32 << 10;

    private final Function<List<String>, byte[]> writer;
    private final Map<List<String>, byte[]> known = new ConcurrentHashMap<>();

    /** @param writer gives the same bytes for equal names */
    public KnownNames(Function<List<String>, byte[]> writer) {
        this.writer = writer;
    }

    /** Shared, and not to be changed. */
    public byte[] written(List<String> names) {
        byte[] before = known.get(names);
        if (before != null) {
            return before;
        }
        byte[] written = writer.apply(names);
        if (written.length <= LONGEST_KNOWN) {
            if (known.size() >= MOST_KNOWN) {
                known.clear();
            }
            known.put(List.copyOf(names), written);
        }
        return written;
    }
}
