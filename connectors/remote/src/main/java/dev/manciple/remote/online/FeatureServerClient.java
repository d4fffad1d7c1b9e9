package dev.manciple.remote.online;

import dev.manciple.error.AccessException;
import dev.manciple.error.AccessException.Reason;
import dev.manciple.error.ConflictException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.remote.ConnectFailure;
import dev.manciple.spi.Credentials;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.internal.LimitedBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one feature server, which end in Manciple's errors. A request that did not arrive, or that the server had no time
 * for, is repeated, as in Feast; so a write may be carried out twice, which changes nothing. Thread-safe; connects at the first
 * request.
 */
final class FeatureServerClient implements AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    /** Far more than a server is asked for at once. */
    private static final int MOST_BYTES = 256 << 20;

    private static final int MOST_BYTES_OF_A_FAILURE = 64 << 10;

    private final RemoteOnlineConfig config;
    private final Credentials credentials;
    private final String name;
    private final ExecutorService threads;
    private final HttpClient client;
    private final Semaphore turns;

    private FeatureServerClient(
            RemoteOnlineConfig config, Credentials credentials, ExecutorService threads, HttpClient client) {
        this.config = config;
        this.credentials = credentials;
        this.name = "feature server " + config.address();
        this.threads = threads;
        this.client = client;
        this.turns = new Semaphore(config.connectionPoolSize());
    }

    /** @throws dev.manciple.error.ConfigException if a file of TLS is not what it should be */
    static FeatureServerClient open(RemoteOnlineConfig config, StoreContext context) {
        // A redirect would show the token to whom the server names, and is a mistake of the configuration anyway.
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER);
        ClientTls.of(config, context.repoPath()).ifPresent(client::sslContext);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        return new FeatureServerClient(
                config, context.credentials(), threads, client.executor(threads).build());
    }

    /** As errors name it. */
    String name() {
        return name;
    }

    /** The body of an answer whose status is 200. */
    byte[] send(Ask ask) {
        Answered answered = answer(ask);
        if (answered.response().statusCode() != 200) {
            throw failure(ask, answered.response(), answered.response().body(), answered.maybe());
        }
        return answered.response().body();
    }

    /** As {@link #send} of a route a server may not have: empty too where what is there is not of the type. */
    Optional<byte[]> sendIfThere(Ask ask, String contentType) {
        Answered answered = answer(ask);
        int status = answered.response().statusCode();
        boolean other = !answered.response()
                .headers()
                .firstValue("Content-Type")
                .orElse("")
                .startsWith(contentType);
        if (status == 404 || status == 405 || (status == 200 && other)) {
            return Optional.empty();
        }
        if (status != 200) {
            throw failure(ask, answered.response(), answered.response().body(), answered.maybe());
        }
        return Optional.of(answered.response().body());
    }

    /** The messages of an answer as they come; the caller closes it. Asked for once. */
    StreamedMessages stream(Ask ask) {
        long end = System.nanoTime() + config.timeout().toNanos();
        HttpResponse<InputStream> response;
        try {
            response = authorized(ask, BodyHandlers.ofInputStream(), end);
        } catch (UnansweredException e) {
            throw e.failure(name, ask, e.maybe());
        }
        if (response.statusCode() == 200) {
            return new StreamedMessages(response.body(), threads, config.timeout());
        }
        try (InputStream body = response.body()) {
            throw failure(ask, response, body.readNBytes(MOST_BYTES_OF_A_FAILURE), false);
        } catch (IOException e) {
            throw new StoreException(name, ask.attempted(), true, Outcome.NOT_APPLIED, e);
        }
    }

    /** @param maybe whether a repeated write may have been carried out before */
    private record Answered(HttpResponse<byte[]> response, boolean maybe) {}

    private Answered answer(Ask ask) {
        long end = System.nanoTime() + config.timeout().toNanos();
        Duration pause = FIRST_PAUSE;
        boolean maybe = false;
        for (int repeated = 0; ; repeated++) {
            boolean last = repeated == config.connectionRetries() || end - System.nanoTime() <= pause.toNanos();
            try {
                HttpResponse<byte[]> response = authorized(ask, head -> new LimitedBody(MOST_BYTES), end);
                if (last || !worthRepeating(response.statusCode())) {
                    return new Answered(response, maybe);
                }
                maybe |= response.statusCode() != 429;
            } catch (UnansweredException e) {
                maybe |= e.maybe();
                if (last || !e.worthRepeating()) {
                    throw e.failure(name, ask, maybe);
                }
            }
            pause(ask, pause, maybe);
            pause = pause.multipliedBy(2);
        }
    }

    private static boolean worthRepeating(int status) {
        return switch (status) {
            case 429, 502, 503, 504 -> true;
            default -> false;
        };
    }

    private void pause(Ask ask, Duration time, boolean maybe) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UnansweredException.interrupted().failure(name, ask, maybe);
        }
    }

    private <T> HttpResponse<T> authorized(Ask ask, BodyHandler<T> body, long end) throws UnansweredException {
        Optional<String> token = credentials.bearerToken();
        HttpResponse<T> response = exchange(ask, token, body, end);
        if (response.statusCode() != 401 || token.isEmpty()) {
            return response;
        }
        // It may have expired since it was given out.
        credentials.rejected(token.get());
        Optional<String> another = credentials.bearerToken();
        return another.equals(token) ? response : exchange(ask, another, body, end);
    }

    private <T> HttpResponse<T> exchange(Ask ask, Optional<String> token, BodyHandler<T> body, long end)
            throws UnansweredException {
        try {
            if (!turns.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw UnansweredException.late(config.timeout(), false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UnansweredException.interrupted();
        }
        CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request(ask, token), body);
        try {
            return answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw UnansweredException.late(config.timeout(), true);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw UnansweredException.interrupted();
        } catch (ExecutionException e) {
            throw UnansweredException.of(e.getCause());
        } finally {
            turns.release();
        }
    }

    private HttpRequest request(Ask ask, Optional<String> token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(config.address() + ask.route()));
        token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
        if (ask.contentType().isEmpty()) {
            request.method(ask.method(), BodyPublishers.noBody());
        } else {
            request.header("Content-Type", ask.contentType())
                    .method(ask.method(), BodyPublishers.ofByteArray(ask.body().toByteArray()));
        }
        return request.build();
    }

    private FeatureStoreException failure(Ask ask, HttpResponse<?> response, byte[] body, boolean maybe) {
        int status = response.statusCode();
        ServerFailure said = ServerFailure.of(body);
        String answered = "%s was answered %d: %s".formatted(ask, status, said.message());
        return switch (status) {
            case 401 -> new AccessException(Reason.UNAUTHENTICATED, "%s: %s".formatted(name, answered));
            case 403 -> new AccessException(Reason.DENIED, "%s: %s".formatted(name, answered));
            case 409 -> new ConflictException("%s refused to %s: %s".formatted(name, ask.attempted(), answered));
            case 400, 404, 405, 413, 422 ->
                new InvalidRequestException("%s refused to %s: %s".formatted(name, ask.attempted(), answered));
            case 301, 302, 303, 307, 308 ->
                failed(
                        ask,
                        false,
                        maybe,
                        said,
                        "%s was answered %d, a redirect to %s, which is not followed; set path to where the server is"
                                .formatted(
                                        ask,
                                        status,
                                        response.headers()
                                                .firstValue("Location")
                                                .map(FeatureServerClient::withoutSecrets)
                                                .orElse("nowhere")));
            case 429 -> failed(ask, true, maybe, said, answered);
            case 502, 503, 504 -> failed(ask, true, true, said, answered);
            default -> failed(ask, false, true, said, answered);
        };
    }

    /** An address may hold a password, or a token among its parameters. */
    private static String withoutSecrets(String address) {
        return address.replaceAll("//[^/]*@", "//").replaceAll("[?#].*", "");
    }

    private StoreException failed(Ask ask, boolean retryable, boolean maybe, ServerFailure said, String reason) {
        Outcome outcome = !ask.writes()
                ? Outcome.NOT_APPLIED
                : said.outcome().orElse(maybe ? Outcome.MAYBE : Outcome.NOT_APPLIED);
        return new StoreException(name, ask.attempted(), retryable, outcome, said.applied(), new IOException(reason));
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
        threads.close();
    }

    /** No answer came. */
    private static final class UnansweredException extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean retryable;
        private final boolean worthRepeating;
        private final boolean maybe;

        /**
         * @param retryable whether another call may have more luck
         * @param worthRepeating whether this one may, at once
         * @param maybe whether the server may have got the request
         */
        private UnansweredException(
                String reason, boolean retryable, boolean worthRepeating, boolean maybe, @Nullable Throwable cause) {
            super(reason, cause);
            this.retryable = retryable;
            this.worthRepeating = worthRepeating;
            this.maybe = maybe;
        }

        static UnansweredException late(Duration limit, boolean sent) {
            return new UnansweredException(
                    sent
                            ? "there was no answer within %s".formatted(shown(limit))
                            : "other requests took all connections for %s".formatted(shown(limit)),
                    true,
                    false,
                    sent,
                    null);
        }

        private static String shown(Duration time) {
            return "%,d ms".formatted(time.toMillis());
        }

        static UnansweredException interrupted() {
            return new UnansweredException("the call was interrupted", false, false, true, null);
        }

        static UnansweredException of(@Nullable Throwable failure) {
            return switch (failure) {
                case ConnectException nobody ->
                    new UnansweredException(ConnectFailure.ofReach(nobody).orElseThrow(), true, true, false, nobody);
                case SSLException tls ->
                    new UnansweredException(ConnectFailure.ofEncryption(tls).orElseThrow(), false, false, false, tls);
                case LimitedBody.TooLargeException large ->
                    new UnansweredException(
                            large.getMessage() + "; ask for fewer rows at a time", false, false, true, large);
                case IOException broken ->
                    new UnansweredException("the connection broke" + reason(broken), true, true, true, broken);
                case null -> new UnansweredException("the request failed", false, false, true, null);
                case Throwable other ->
                    new UnansweredException("the request failed" + reason(other), false, false, true, other);
            };
        }

        private static String reason(Throwable failure) {
            return failure.getMessage() == null || failure.getMessage().isBlank()
                    ? ""
                    : " (" + failure.getMessage() + ")";
        }

        boolean worthRepeating() {
            return worthRepeating;
        }

        boolean maybe() {
            return maybe;
        }

        /** @param anyMaybe of this attempt or an earlier one */
        StoreException failure(String store, Ask ask, boolean anyMaybe) {
            return new StoreException(
                    store,
                    ask.attempted(),
                    retryable,
                    ask.writes() && anyMaybe ? Outcome.MAYBE : Outcome.NOT_APPLIED,
                    new IOException("%s: %s".formatted(ask, getMessage()), this));
        }
    }
}
