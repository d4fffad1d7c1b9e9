package dev.manciple.server.http;

import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Reads bodies of clients that may be slow on purpose, and writes long answers to those that may not take them: what has not come
 * or gone by its deadline is given up, and its connection with it. The HTTP server's own reads and writes wait for ever.
 * Thread-safe.
 */
public final class Patience implements AutoCloseable {
    private static final int DISCARDED_AT_ONCE = 8 << 10;

    private final Duration limit;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("request-deadlines").daemon().factory());

    /** @param limit for a whole body, and for each part of an answer */
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

    /**
     * Writes a part of an answer, behind its length.
     *
     * @throws IOException if it takes longer than the limit; the stream is of no further use
     */
    void write(MessageLite part, OutputStream stream) throws IOException {
        inTime(() -> {
            part.writeDelimitedTo(stream);
            stream.flush();
            return part;
        });
    }

    private interface Work<R> {
        R run() throws IOException;
    }

    private <R> R inTime(Work<R> work) throws IOException {
        Deadline deadline = new Deadline(Thread.currentThread());
        Future<?> alarm = timer.schedule(deadline, limit.toNanos(), TimeUnit.NANOSECONDS);
        try {
            return work.run();
        } finally {
            deadline.meet();
            alarm.cancel(false);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** Interrupts a thread that reads or writes, which closes its connection, unless it was in time. */
    private static final class Deadline implements Runnable {
        private final Thread waiting;
        private boolean met;
        private boolean missed;

        Deadline(Thread waiting) {
            this.waiting = waiting;
        }

        @Override
        public synchronized void run() {
            if (!met) {
                missed = true;
                waiting.interrupt();
            }
        }

        /** From here on the thread is not interrupted, and not marked so either. */
        synchronized void meet() {
            met = true;
            if (missed) {
                Thread.interrupted();
            }
        }
    }
}
