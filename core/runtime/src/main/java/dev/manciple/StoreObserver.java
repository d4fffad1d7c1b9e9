package dev.manciple;

/** Hears how stores answer, for metrics and traces. Called by the threads that read; must be thread-safe and must not block. */
public interface StoreObserver {
    /**
     * A read of online features that ended now.
     *
     * @param store the type of the store; a router and its children are told each
     * @param answered false where it failed
     */
    void onlineRead(String store, long nanos, boolean answered);

    /** What {@link FeatureStore#observe} returns; closing it ends it. */
    interface Observation extends AutoCloseable {
        @Override
        void close();
    }
}
