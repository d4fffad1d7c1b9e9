package dev.manciple.benchmarks.serving;

import java.io.IOException;

/** One connection that asks one thing at a time. Not thread-safe: each thread of a load has its own. */
interface Caller<A> extends AutoCloseable {
    /**
     * Sends a request and takes the whole answer.
     *
     * @param request a number below {@link ServingWorkload#REQUESTS}
     * @throws Exception if there is no answer, or it is no success
     */
    A call(int request) throws Exception;

    @Override
    void close() throws IOException;
}
