package dev.manciple.server.http;

import com.google.protobuf.MessageLite;
import dev.manciple.server.TimeLimit;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * Reads heads and bodies of clients that may be slow on purpose, and writes long answers to those that may not take them: what has not come
 * or gone by its deadline is given up, and its connection with it. The HTTP server's own reads and writes wait for ever.
 * Thread-safe.
 */
public final class Patience implements AutoCloseable {
    private static final int DISCARDED_AT_ONCE = 8 << 10;

    private final TimeLimit limit;

    /** @param limit for a whole body, and for each part of an answer */
    public Patience(Duration limit) {
        // Interrupting whoever waits for a connection closes it.
        this.limit = new TimeLimit("request-deadlines", limit);
    }

    /**
     * Reads a stream to its end, or up to a number of bytes.
     *
     * @throws IOException if it takes longer than the limit; the stream is of no further use
     */
    byte[] read(InputStream stream, int maxBytes) throws IOException {
        return limit.run(() -> stream.readNBytes(maxBytes));
    }

    /**
     * Reads a stream to its end, or up to a number of bytes, and keeps nothing.
     *
     * @return whether it has ended
     * @throws IOException as {@link #read}
     */
    boolean discard(InputStream stream, long maxBytes) throws IOException {
        return limit.run(() -> {
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
        limit.run(() -> {
            part.writeDelimitedTo(stream);
            stream.flush();
            return part;
        });
    }

    /** Hears of heads of requests, which have to come in as much time. */
    public Http1ConnectionListener heads() {
        return new Heads(limit);
    }

    @Override
    public void close() {
        limit.close();
    }
}
