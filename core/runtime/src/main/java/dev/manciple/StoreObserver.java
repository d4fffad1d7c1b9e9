package dev.manciple;

/** Hears how stores answer, for metrics and traces. Called by the threads that read; must be thread-safe and must not block. */
public interface StoreObserver {
    /** How a read of an online store ended. */
    enum ReadEnd {
        ANSWERED,
        FAILED,
        /** Nobody waited for it any more: the client went, its time was up, or another read of the request failed. */
        GIVEN_UP
    }

    /**
     * A read of online features that ended now. One that is refused for what was asked is not told.
     *
     * @param store the type of the store; a router and its children are told each
     */
    void onlineRead(String store, long nanos, ReadEnd end);

    /**
     * Features of an on demand view that were computed for a read of online features, or could not be.
     *
     * @param mode how they are computed, in Feast's words where it has one: {@code sql}, {@code java}, {@code pandas}
     */
    void transformed(String view, String mode, long nanos);

    /** What {@link FeatureStore#observe} returns; closing it ends it. */
    interface Observation extends AutoCloseable {
        @Override
        void close();
    }
}
