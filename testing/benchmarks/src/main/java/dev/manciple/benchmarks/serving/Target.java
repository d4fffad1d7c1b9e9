package dev.manciple.benchmarks.serving;

/**
 * Something that answers the requests of a workload.
 *
 * @param name as the report calls it
 * @param <A> an answer
 */
record Target<A>(String name, Opener<A> opener, Check<A> check) {
    /** Opens a connection. */
    interface Opener<A> {
        Caller<A> open() throws Exception;
    }

    /** Tells a wrong answer from a right one. */
    interface Check<A> {
        /** @throws IllegalStateException if a value is not the one that was stored */
        void check(int request, A answer) throws Exception;
    }

    /** Asks everything once and compares every value. */
    void verify() throws Exception {
        try (Caller<A> caller = opener.open()) {
            for (int request = 0; request < ServingWorkload.REQUESTS; request++) {
                check.check(request, caller.call(request));
            }
        }
    }
}
