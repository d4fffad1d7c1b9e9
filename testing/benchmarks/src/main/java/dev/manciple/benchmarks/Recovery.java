package dev.manciple.benchmarks;

import dev.manciple.tck.Proxy;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** How soon a store answers again after its server was gone for a while, during which it was asked all the time. */
final class Recovery {
    /** Long enough for clients that look ever less often to become slow. */
    private static final Duration GONE = Duration.ofSeconds(15);

    private static final Duration BETWEEN_READS = Duration.ofMillis(50);
    private static final double SECOND = 1e9;
    private static final double MOST_SECONDS = 2;

    private Recovery() {}

    /**
     * @param server on the store's way to its server
     * @param read fails while the server is gone
     */
    static Result measure(String id, Proxy server, Usage.Work read) throws Exception {
        read.run();
        AtomicLong answered = new AtomicLong(Long.MAX_VALUE);
        server.cut();
        long back = System.nanoTime() + GONE.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            while (System.nanoTime() < back) {
                ask(threads, read, answered);
            }
            if (answered.get() != Long.MAX_VALUE) {
                throw new IllegalStateException("%s: an answer came without a server".formatted(id));
            }
            server.mend();
            back = System.nanoTime();
            while (answered.get() == Long.MAX_VALUE) {
                ask(threads, read, answered);
            }
            threads.shutdownNow();
        }
        double seconds = (answered.get() - back) / SECOND;
        return Result.reported(id, "read again after %d s without a server".formatted(GONE.toSeconds()))
                .with("seconds", seconds)
                .judged("<= %.0f s".formatted(MOST_SECONDS), seconds <= MOST_SECONDS);
    }

    /** Each in a thread of its own, as the requests to a server are: one that waits keeps no other from asking. */
    private static void ask(ExecutorService threads, Usage.Work read, AtomicLong answered) throws InterruptedException {
        threads.execute(() -> {
            try {
                read.run();
                answered.accumulateAndGet(System.nanoTime(), Math::min);
            } catch (Exception e) {
                // The server is gone, or was.
            }
        });
        Thread.sleep(BETWEEN_READS);
    }
}
