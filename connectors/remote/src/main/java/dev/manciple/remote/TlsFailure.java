package dev.manciple.remote;

import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a failure to connect says of encryption, for people who have to mend a configuration. */
public final class TlsFailure {
    private TlsFailure() {}

    /** What is wrong with the encryption of a connection and what to do; empty if that is not what failed. */
    public static Optional<String> sentence(Throwable failure) {
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
