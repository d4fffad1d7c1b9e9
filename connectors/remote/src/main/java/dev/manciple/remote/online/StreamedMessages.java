package dev.manciple.remote.online;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Messages of an answer as they come, each behind its length. The whole may take as long as it has messages, but none of them
 * longer than one answer may. Not thread-safe.
 */
final class StreamedMessages implements AutoCloseable {
    private final InputStream body;
    private final ExecutorService threads;
    private final Duration patience;

    /**
     * @param body closed with this
     * @param threads where a message is waited for; borrowed
     * @param patience with each message
     */
    StreamedMessages(InputStream body, ExecutorService threads, Duration patience) {
        this.body = body;
        this.threads = threads;
        this.patience = patience;
    }

    /**
     * The next message; empty at the end of the answer.
     *
     * @throws IOException if it does not come whole, or not in time; nothing more comes then
     */
    <M extends MessageLite> Optional<M> next(Parser<M> parser) throws IOException {
        Future<Optional<M>> message = threads.submit(() -> Optional.ofNullable(parser.parseDelimitedFrom(body)));
        try {
            return message.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            body.close();
            throw new IOException("nothing came for %,d ms".formatted(patience.toMillis()), e);
        } catch (InterruptedException e) {
            body.close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the call was interrupted");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException broken ? broken : new IOException(e.getCause());
        }
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
