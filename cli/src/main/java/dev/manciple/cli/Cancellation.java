package dev.manciple.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets a command that is told to stop (Ctrl-C, kill) clean up: its thread is interrupted and given some time to close what it
 * opened. The exit code is the JVM's, 128 and the signal's number.
 */
final class Cancellation {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AtomicBoolean requested = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);

    /** Makes the end of the process interrupt {@code command}, unless it {@link #finish}ed. */
    void watch(Thread command) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> cancel(command), "cancellation"));
    }

    /** The command is done; nothing is left to cancel. */
    void finish() {
        finished.countDown();
    }

    boolean requested() {
        return requested.get();
    }

    private void cancel(Thread command) {
        if (finished.getCount() == 0) {
            return;
        }
        requested.set(true);
        command.interrupt();
        try {
            if (!finished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("Stopped without waiting any longer for the work to end.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
