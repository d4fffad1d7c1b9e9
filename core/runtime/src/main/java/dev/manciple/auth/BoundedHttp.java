package dev.manciple.auth;

import dev.manciple.spi.internal.LimitedBody;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Small requests over HTTP that end in time, however slowly the other side sends, and are held in memory whole, however much it
 * sends. Thread-safe.
 */
public final class BoundedHttp implements AutoCloseable {
    /** Documents, key sets and tokens have kilobytes. */
    private static final int MOST_BYTES = 4 << 20;

    private final HttpClient client;
    private final Duration limit;

    /** @param limit for a whole request, its answer included */
    public BoundedHttp(Trust trust, Duration limit) {
        this.limit = limit;
        this.client = HttpClient.newBuilder()
                .sslContext(trust.context())
                .connectTimeout(limit)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    /** The body of an answer of status 2xx. */
    public String text(HttpRequest.Builder builder) throws IOException {
        HttpRequest request = builder.timeout(limit).build();
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, head -> new LimitedBody(MOST_BYTES));
        try {
            HttpResponse<byte[]> response = answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (response.statusCode() / 100 != 2) {
                throw new StatusException(request, response.statusCode());
            }
            return new String(response.body(), StandardCharsets.UTF_8);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw late(request, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HttpTimeoutException) {
                throw late(request, e);
            }
            throw new IOException("%s cannot be asked: %s".formatted(request.uri(), reason(e)), e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private IOException late(HttpRequest request, Exception cause) {
        return new IOException("%s did not answer within %s".formatted(request.uri(), limit), cause);
    }

    /** An answer that says no. */
    public static final class StatusException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;

        private StatusException(HttpRequest request, int status) {
            super("%s answered with status %d".formatted(request.uri(), status));
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    /** Pairs as a form has them. */
    static String form(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(pair -> encoded(pair.getKey()) + "=" + encoded(pair.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String reason(ExecutionException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
