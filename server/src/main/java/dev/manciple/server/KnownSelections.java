package dev.manciple.server;

import dev.manciple.FeatureSelection;
import dev.manciple.error.InvalidRequestException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Lists of features, known again by their bytes. A client sends the same list with each of its requests: to know it again takes a
 * fraction of the time to read hundreds of names. Thread-safe.
 */
public final class KnownSelections {
    /** Services ask for a handful of lists; who asks for hundreds of different ones has some of them read again. */
    private static final int MOST_KNOWN = 64;

    /** In bytes: of some hundred features. What is known stays within some ten megabytes, whatever clients send. */
    private static final int LONGEST_KNOWN = 16 << 10;

    /** Those of names of one letter are many in few bytes, and take far more memory once they are read. */
    private static final int MOST_VIEWS = 64;

    private final Map<Sent, FeatureSelection.Views> known = new ConcurrentHashMap<>();

    /**
     * The features of a request that names no feature service.
     *
     * @throws InvalidRequestException if there are none, or a text is no reference
     */
    public static FeatureSelection.Views parse(List<String> references) {
        if (references.isEmpty()) {
            throw new InvalidRequestException("Neither 'features' nor 'feature_service' says what to read");
        }
        return FeatureSelection.parse(references);
    }

    /** Reads a list of features. */
    @FunctionalInterface
    public interface Reader<E extends Exception> {
        /** @throws E if the bytes are no list of features */
        FeatureSelection.Views read() throws E;
    }

    /**
     * @param list as it was sent, always in the same format; nobody changes it
     * @param reader of this list, asked unless the same bytes were read before
     * @throws E from the reader; what failed is not remembered
     */
    public <E extends Exception> FeatureSelection.Views of(byte[] list, Reader<E> reader) throws E {
        if (list.length > LONGEST_KNOWN) {
            return reader.read();
        }
        Sent sent = new Sent(list);
        FeatureSelection.Views before = known.get(sent);
        if (before != null) {
            return before;
        }
        FeatureSelection.Views selection = reader.read();
        if (selection.projections().size() > MOST_VIEWS) {
            return selection;
        }
        if (known.size() >= MOST_KNOWN) {
            known.clear();
        }
        known.put(sent, selection);
        return selection;
    }

    /** Equal to one of the same bytes. */
    private static final class Sent {
        private final byte[] bytes;
        private final int hash;

        Sent(byte[] bytes) {
            this.bytes = bytes;
            this.hash = Arrays.hashCode(bytes);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Sent sent && Arrays.equals(bytes, sent.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
