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

    /** What is left, rounded up: who waits so long is late. Negative or 0 if it has passed. */
    long millisLeft() {
        return Math.ceilDiv(nanoTime - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(1));
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
