package dev.manciple.remote.offline;

import dev.manciple.error.AccessException;
import dev.manciple.error.ConfigException;
import dev.manciple.error.ConflictException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.remote.ConnectFailure;
import dev.manciple.spi.Credentials;
import dev.manciple.spi.StoreContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Where the offline server is, and what its failures mean. Thread-safe; holds no connection. */
final class Server {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    /** What Python's servers put after their words: where in their code they failed, and the words again. */
    private static final String TRACEBACK = ". Detail: Python exception: ";

    /** What stands before a failure that Feast's clients raise again. */
    private static final String FAILURE = "Flight error: ";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final RemoteOfflineConfig config;
    private final Path repository;
    private final Credentials credentials;
    private final Location location;

    Server(RemoteOfflineConfig config, StoreContext context) {
        this.config = config;
        this.repository = context.repoPath();
        this.credentials = context.credentials();
        this.location = switch (config.scheme()) {
            case HTTP -> Location.forGrpcInsecure(config.host(), config.port());
            case HTTPS -> Location.forGrpcTls(config.host(), config.port());
        };
    }

    /**
     * A new connection, once the server has answered on it.
     *
     * @param allocator owns what arrives
     */
    Connection connect(BufferAllocator allocator) {
        Optional<String> token = credentials.bearerToken();
        try {
            return connect(allocator, token);
        } catch (FlightRuntimeException e) {
            if (e.status().code() != FlightStatusCode.UNAUTHENTICATED || token.isEmpty()) {
                throw e;
            }
            // It may have expired since it was given out.
            credentials.rejected(token.get());
            return connect(allocator, credentials.bearerToken());
        }
    }

    private Connection connect(BufferAllocator allocator, Optional<String> token) {
        FlightClient client = client(allocator, token);
        try {
            return new Connection(client, allocator, actions(client));
        } catch (RuntimeException | Error e) {
            close(client, e);
            throw e;
        }
    }

    private static void close(FlightClient client, Throwable reason) {
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason.addSuppressed(e);
        }
    }

    private FlightClient client(BufferAllocator allocator, Optional<String> token) {
        FlightClient.Builder builder = FlightClient.builder(allocator, location);
        token.ifPresent(shown -> builder.intercept(call -> new TokenHeader(shown)));
        if (config.scheme() == RemoteOfflineConfig.Scheme.HTTPS) {
            builder.useTls();
        }
        return config.cert().isEmpty()
                ? identified(builder)
                : trusting(config.cert().get(), builder);
    }

    private FlightClient trusting(Path cert, FlightClient.Builder builder) {
        Path file = repository.resolve(cert);
        try (InputStream certificate = Files.newInputStream(file)) {
            return identified(builder.trustedCertificates(certificate));
        } catch (ConfigException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreadable("cert: '%s' is no certificate in a PEM file".formatted(file), e);
        }
    }

    /** Shows this client's certificate, if it has one. */
    private FlightClient identified(FlightClient.Builder builder) {
        if (config.clientCert().isEmpty() || config.clientKey().isEmpty()) {
            return builder.build();
        }
        Path certFile = repository.resolve(config.clientCert().get());
        Path keyFile = repository.resolve(config.clientKey().get());
        try (InputStream certificate = Files.newInputStream(certFile);
                InputStream key = Files.newInputStream(keyFile)) {
            return builder.clientCertificate(certificate, key).build();
        } catch (IOException | RuntimeException e) {
            throw unreadable(
                    "client_cert and client_key: '%s' and '%s' are not a certificate and its key in PEM files"
                            .formatted(certFile, keyFile),
                    e);
        }
    }

    private static ConfigException unreadable(String problem, Exception cause) {
        return new ConfigException(
                "offline_store (type: remote)",
                List.of("%s that can be read: %s".formatted(problem, cause.getMessage())));
    }

    /** The names of what the server offers; the first thing that goes over a connection, as it may be asked for again. */
    private Set<String> actions(FlightClient client) {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 0; ; attempt++) {
            try {
                Set<String> names = new HashSet<>();
                client.listActions().forEach(action -> names.add(action.getType()));
                return names;
            } catch (FlightRuntimeException e) {
                if (e.status().code() != FlightStatusCode.UNAVAILABLE
                        || attempt == config.connectionRetries()
                        || ConnectFailure.ofEncryption(e).isPresent()) {
                    throw e;
                }
                pause(pause);
                pause = pause.multipliedBy(2);
            }
        }
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("connect", Outcome.NOT_APPLIED, e);
        }
    }

    /** A failure of a read in Manciple's words. */
    FeatureStoreException failure(String attempted, Exception failure) {
        return failure(attempted, Outcome.NOT_APPLIED, failure);
    }

    /** A failure of a write, which the server may have carried out before the connection broke. */
    FeatureStoreException failedWrite(String attempted, Exception failure) {
        return failure(attempted, Outcome.MAYBE, failure);
    }

    private FeatureStoreException failure(String attempted, Outcome outcome, Exception failure) {
        return switch (failure) {
            case FeatureStoreException known -> known;
            case FlightRuntimeException flight -> failure(attempted, outcome, flight);
            default -> new StoreException(toString(), attempted, false, outcome, failure);
        };
    }

    private FeatureStoreException failure(String attempted, Outcome outcome, FlightRuntimeException failure) {
        Optional<String> untrusted = ConnectFailure.ofEncryption(failure);
        if (untrusted.isPresent()) {
            return new StoreException(
                    toString(), attempted, false, Outcome.NOT_APPLIED, new IOException(untrusted.get(), failure));
        }
        String message = message(failure);
        return switch (failure.status().code()) {
            case INVALID_ARGUMENT, NOT_FOUND, UNIMPLEMENTED ->
                new InvalidRequestException("%s refused to %s: %s".formatted(this, attempted, message), failure);
            case UNAUTHENTICATED -> refused(AccessException.Reason.UNAUTHENTICATED, attempted, message, failure);
            case UNAUTHORIZED -> refused(AccessException.Reason.DENIED, attempted, message, failure);
            case ALREADY_EXISTS -> new ConflictException("%s refused to %s: %s".formatted(this, attempted, message));
            case UNAVAILABLE, RESOURCE_EXHAUSTED ->
                new StoreException(
                        toString(),
                        attempted,
                        true,
                        Outcome.NOT_APPLIED,
                        new IOException(ConnectFailure.ofReach(failure).orElse(message), failure));
            case OK, UNKNOWN, INTERNAL, TIMED_OUT, CANCELLED ->
                new StoreException(toString(), attempted, false, outcome, new IOException(message, failure));
        };
    }

    private AccessException refused(
            AccessException.Reason reason, String attempted, String message, FlightRuntimeException failure) {
        return new AccessException(reason, "%s refused to %s: %s".formatted(this, attempted, message), failure);
    }

    /** What the server said, out of the JSON it is wrapped in for Feast's clients. */
    private static String message(FlightRuntimeException failure) {
        String said = String.valueOf(failure.status().description());
        int traceback = said.indexOf(TRACEBACK);
        String text = traceback < 0 ? said : said.substring(0, traceback);
        int start = text.indexOf(FAILURE);
        if (start < 0) {
            return text.equals("null") ? failure.status().code().name() : text;
        }
        try {
            Map<?, ?> detail = JSON.readValue(text.substring(start + FAILURE.length()), Map.class);
            return String.valueOf(detail.get("message"));
        } catch (JacksonException e) {
            return text;
        }
    }

    @Override
    public String toString() {
        return "The offline server at " + location.getUri();
    }
}
