package dev.manciple.benchmarks.serving;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Threads that ask, each over a connection of its own. */
final class Load {
    private static final double SECOND = 1e9;
    private static final long FIRST_DUE_NANOS = 100_000;

    private Load() {}

    /** Requests per second when each of some connections asks again as soon as it has its answer. */
    static double closed(Target<?> target, int connections, Duration warmup, Duration measured) throws Exception {
        List<Long> counts = inParallel(connections, thread -> () -> {
            try (Caller<?> caller = target.opener().open()) {
                long start = System.nanoTime();
                long from = start + warmup.toNanos();
                long until = from + measured.toNanos();
                long counted = 0;
                for (int i = thread; System.nanoTime() < until; i++) {
                    caller.call(i % ServingWorkload.REQUESTS);
                    if (System.nanoTime() >= from) {
                        counted++;
                    }
                }
                return counted;
            }
        });
        return counts.stream().mapToLong(Long::longValue).sum() * SECOND / measured.toNanos();
    }

    /** A number of requests as fast as some connections take them. */
    static void requests(Target<?> target, int connections, long requests) throws Exception {
        inParallel(connections, thread -> () -> {
            try (Caller<?> caller = target.opener().open()) {
                for (long i = thread; i < requests; i += connections) {
                    caller.call((int) (i % ServingWorkload.REQUESTS));
                }
                return 0L;
            }
        });
    }

    /**
     * Nanoseconds of each request when requests come at a fixed rate whether or not earlier ones are answered: from the time a
     * request was due, so that a server that stalls is charged for everybody who waited (coordinated omission). Sorted.
     */
    static long[] open(Target<?> target, int connections, double rate, Duration warmup, Duration measured)
            throws Exception {
        double interval = connections * SECOND / rate;
        long start = System.nanoTime() + FIRST_DUE_NANOS;
        long skipped = (long) (warmup.toNanos() / interval);
        int counted = (int) (measured.toNanos() / interval);
        List<long[]> all = inParallel(connections, thread -> () -> {
            long[] took = new long[counted];
            try (Caller<?> caller = target.opener().open()) {
                long first = start + (long) (interval * thread / connections);
                for (long i = 0; i < skipped + counted; i++) {
                    long due = first + (long) (i * interval);
                    waitUntil(due);
                    caller.call((int) ((i * connections + thread) % ServingWorkload.REQUESTS));
                    if (i >= skipped) {
                        took[(int) (i - skipped)] = System.nanoTime() - due;
                    }
                }
            }
            return took;
        });
        return all.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    }

    /**
     * Sleeps. Waking up late, by 60 µs or so, counts as the server's time: to wait awake would be exact, and take the processors
     * from the servers that share them.
     */
    private static void waitUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private interface Work<R> {
        Callable<R> of(int thread);
    }

    private static <R> List<R> inParallel(int threads, Work<R> work) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<R>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                running.add(pool.submit(work.of(thread)));
            }
            List<R> results = new ArrayList<>();
            for (Future<R> each : running) {
                results.add(each.get());
            }
            return results;
        }
    }
}
