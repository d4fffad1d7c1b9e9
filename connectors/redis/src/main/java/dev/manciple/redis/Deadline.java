package dev.manciple.redis;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** When a request has to be over, whatever it is waiting for. */
record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /**
     * What is left, at least 1.
     *
     * @throws JedisConnectionException if nothing is left; it looks like a wait for the server that was too long, as it was
     */
    int millisLeft() {
        long left = nanoTime - System.nanoTime();
        if (left <= 0) {
            throw missed(null);
        }
        return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(left) + 1);
    }

    boolean passed() {
        return nanoTime - System.nanoTime() <= 0;
    }

    /** What a wait that took too long ends with: it looks as a timeout of the connection's would. */
    static JedisConnectionException missed(@Nullable Throwable cut) {
        SocketTimeoutException late = new SocketTimeoutException("the time for the request is over");
        if (cut != null) {
            late.initCause(cut);
        }
        return new JedisConnectionException(late);
    }
}
