package dev.manciple.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Reads bodies of clients that may be slow on purpose: one that has not come by its deadline is given up, and its connection with
 * it. The HTTP server's own reads wait for ever. Thread-safe.
 */
public final class Patience implements AutoCloseable {
    private static final int DISCARDED_AT_ONCE = 8 << 10;

    private final Duration limit;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("request-deadlines").daemon().factory());

    /** @param limit for a whole body */
    public Patience(Duration limit) {
        this.limit = limit;
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Reads a stream to its end, or up to a number of bytes.
     *
     * @throws IOException if it takes longer than the limit; the stream is of no further use
     */
    byte[] read(InputStream stream, int maxBytes) throws IOException {
        return inTime(() -> stream.readNBytes(maxBytes));
    }

    /**
     * Reads a stream to its end, or up to a number of bytes, and keeps nothing.
     *
     * @return whether it has ended
     * @throws IOException as {@link #read}
     */
    boolean discard(InputStream stream, long maxBytes) throws IOException {
        return inTime(() -> {
            byte[] buffer = new byte[DISCARDED_AT_ONCE];
            long left = maxBytes;
            while (left > 0) {
                int read = stream.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    return true;
                }
                left -= read;
            }
            return stream.read() < 0;
        });
    }

    private interface Reading<R> {
        R read() throws IOException;
    }

    private <R> R inTime(Reading<R> reading) throws IOException {
        Deadline deadline = new Deadline(Thread.currentThread());
        Future<?> alarm = timer.schedule(deadline, limit.toNanos(), TimeUnit.NANOSECONDS);
        try {
            return reading.read();
        } finally {
            deadline.meet();
            alarm.cancel(false);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** Interrupts a reader, which closes its connection, unless it was in time. */
    private static final class Deadline implements Runnable {
        private final Thread reader;
        private boolean met;
        private boolean missed;

        Deadline(Thread reader) {
            this.reader = reader;
        }

        @Override
        public synchronized void run() {
            if (!met) {
                missed = true;
                reader.interrupt();
            }
        }

        /** From here on the reader is not interrupted, and not marked so either. */
        synchronized void meet() {
            met = true;
            if (missed) {
                Thread.interrupted();
            }
        }
    }
}
