package dev.manciple.server.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The body of one request, which is read or left; what is left is taken from the connection at the end. Of one thread. */
public final class RequestBody {
    private static final int MOST_DISCARDED = 256 << 10;

    /** Of a body that its sender was let send: one who reads no answer before all is sent shall hear what was wrong. */
    private static final int MOST_DISCARDED_OF_LARGE = 256 << 20;

    private final ServerRequest request;
    private final Patience patience;
    private @Nullable InputStream stream;
    private boolean tooLarge;

    /** @param patience for a body that does not come */
    public RequestBody(ServerRequest request, Patience patience) {
        this.request = request;
        this.patience = patience;
    }

    /** The body is larger than what may be read. */
    public static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        /** The limit, in bytes. */
        private final long limit;

        private TooLargeException(long limit) {
            this.limit = limit;
        }

        @Override
        public String getMessage() {
            return "The body has more than %,d bytes, as many as one request may have; send several requests"
                    .formatted(limit);
        }
    }

    /** Whether there is one. */
    public boolean isThere() {
        return request.content().hasEntity();
    }

    /**
     * The whole of it.
     *
     * @throws TooLargeException before or while reading, so that no more than the limit is held
     * @throws IOException if it does not come whole, or not in time
     */
    public byte[] read(long limitBytes) throws IOException {
        int limit = (int) Math.min(limitBytes, Integer.MAX_VALUE - 16);
        long told = request.headers().contentLength().orElse(limit);
        if (told > limit) {
            throw tooLarge(limit);
        }
        // One more than there should be, to meet the end; no more, since a buffer of as much is made.
        byte[] body = read((int) told + 1);
        if (body.length > limit) {
            throw tooLarge(limit);
        }
        return body;
    }

    private TooLargeException tooLarge(long limit) {
        tooLarge = true;
        return new TooLargeException(limit);
    }

    private byte[] read(int maxBytes) throws IOException {
        try {
            return patience.read(stream(), maxBytes);
        } catch (RuntimeException e) {
            // The HTTP server's stream says so, with exceptions of its own, where a body ends before its length.
            throw new IOException("The body did not come whole", e);
        }
    }

    private InputStream stream() {
        InputStream opened = stream;
        if (opened == null) {
            opened = request.content().inputStream();
            stream = opened;
        }
        return opened;
    }

    /**
     * Takes what a client sends beside a request that was answered already: many clients read no answer before they have sent all.
     * Not for long, and not much; else the connection ends.
     */
    public void discard() {
        if (!isThere() || request.content().consumed()) {
            return;
        }
        if (stream == null && request.headers().contains(HeaderValues.EXPECT_100) && !request.continueSent()) {
            throw new CloseConnectionException("A request was answered whose body waits to be asked for");
        }
        boolean whole;
        try {
            whole = patience.discard(stream(), tooLarge ? MOST_DISCARDED_OF_LARGE : MOST_DISCARDED);
        } catch (IOException | RuntimeException e) {
            throw new CloseConnectionException("The body of a request that was answered does not come", e);
        }
        if (!whole) {
            throw new CloseConnectionException("A request that was answered has a large body");
        }
    }
}
