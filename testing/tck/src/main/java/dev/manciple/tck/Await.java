package dev.manciple.tck;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for what other threads, processes or machines do; not for ever, so that a test whose state is missed says so and ends. */
public final class Await {
    /** More than anything awaited takes on a machine that is busy with other things. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration PAUSE = Duration.ofMillis(1);

    private Await() {}

    /**
     * Looks again and again, until it holds.
     *
     * @param what is awaited, as a sentence for the failure
     * @throws AssertionError if it does not hold in time, or the waiting thread is interrupted
     */
    public static void until(String what, Callable<Boolean> holds) throws Exception {
        until(what, holds, held -> held);
    }

    /**
     * Looks again and again, until what it sees is enough.
     *
     * @param what is awaited, as a sentence for the failure, which tells what was seen last too
     * @return what was seen last
     * @throws AssertionError if it is not enough in time, or the waiting thread is interrupted
     */
    public static <T> T until(String what, Callable<T> look, Predicate<? super T> enough) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        T seen = look.call();
        while (!enough.test(seen)) {
            if (System.nanoTime() - deadline >= 0 || Thread.interrupted()) {
                throw new AssertionError("Awaited in vain, %d seconds at most: %s. Last seen: %s"
                        .formatted(LIMIT.toSeconds(), what, seen));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            seen = look.call();
        }
        return seen;
    }
}
