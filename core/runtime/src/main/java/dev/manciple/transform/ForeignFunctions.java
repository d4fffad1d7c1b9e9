package dev.manciple.transform;

import org.apache.arrow.memory.BufferAllocator;

/** Computes on demand views whose transformations are in languages this process does not run. Thread-safe. */
public interface ForeignFunctions extends AutoCloseable {
    /**
     * What computes the slice.
     *
     * @throws dev.manciple.error.UnsupportedException if its transformation cannot run there either
     */
    OnDemandFunction of(OnDemandSlice slice);

    @Override
    void close();

    /** Makes them for the repository that names a service in {@code transformation_service_endpoint}. */
    interface Factory {
        /**
         * Connects no later than at the first use.
         *
         * @param endpoint {@code host:port}
         * @param allocator owns the rows on their way; not closed
         */
        ForeignFunctions connect(String endpoint, String project, BufferAllocator allocator);
    }
}
