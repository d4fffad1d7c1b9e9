package dev.manciple.remote;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a failure to connect says, for people who have to mend a configuration. */
public final class ConnectFailure {
    /** What gRPC says of a connection that ends without a word of the server, be it new or old. */
    private static final String CLOSED = "Network closed for unknown reason";

    private ConnectFailure() {}

    /** What is wrong with the encryption of a connection and what to do; empty if that is not what failed. */
    public static Optional<String> ofEncryption(Throwable failure) {
        Optional<CertificateException> certificate = cause(failure, CertificateException.class);
        if (certificate.isPresent()) {
            return Optional.of("its certificate is not trusted%s. Name the file of its authority's certificate in cert"
                    .formatted(reason(certificate.get())));
        }
        return cause(failure, SSLException.class)
                .map(tls ->
                        "no encrypted connection came about%s. The server may speak plain text, or ask for client_cert and client_key"
                                .formatted(reason(tls)));
    }

    /** Why a server was not reached and what to do; empty if that is not what failed. */
    public static Optional<String> ofReach(Throwable failure) {
        return cause(failure, UnknownHostException.class)
                .map(host -> "there is no such host%s. Correct it".formatted(reason(host)))
                .or(() -> cause(failure, UnresolvedAddressException.class)
                        .map(host -> "there is no such host. Correct it"))
                .or(() -> cause(failure, ConnectException.class)
                        .map(nobody -> "nobody answers there%s. See that it runs, and correct host and port"
                                .formatted(reason(nobody))))
                .or(() -> cause(failure, NoRouteToHostException.class)
                        .map(lost -> "there is no way to it%s. Correct host and port".formatted(reason(lost))))
                .or(() -> Optional.ofNullable(failure.getMessage())
                        .filter(message -> message.contains(CLOSED))
                        .map(closed -> "it closed the connection without a word. It stopped, or wants encryption"));
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null || failure.getMessage().isBlank() ? "" : " (" + failure.getMessage() + ")";
    }
}
