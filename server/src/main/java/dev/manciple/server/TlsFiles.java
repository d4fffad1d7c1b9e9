package dev.manciple.server;

import dev.manciple.error.InvalidRequestException;
import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.common.tls.TlsConfig;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the PEM files of TLS. */
public final class TlsFiles {
    private TlsFiles() {}

    /** @throws InvalidRequestException if a file cannot be read, or the files do not belong together */
    public static void require(ServerOptions.Tls files) {
        Tls unused = read(files);
    }

    /** @throws InvalidRequestException if a file cannot be read, or the files do not belong together */
    static Tls read(ServerOptions.Tls files) {
        requireReadable("key", files.key());
        requireReadable("certificate", files.certificate());
        files.clientAuthorities().ifPresent(file -> requireReadable("authorities' certificate", file));
        try {
            Keys identity = Keys.builder()
                    .pem(pem -> pem.key(Resource.create(files.key())).certChain(Resource.create(files.certificate())))
                    .build();
            TlsConfig.Builder tls = TlsConfig.builder().privateKey(identity).privateKeyCertChain(identity);
            files.clientAuthorities().ifPresent(file -> {
                Keys authorities = Keys.builder()
                        .pem(pem -> pem.certificates(Resource.create(file)))
                        .build();
                tls.trust(authorities).clientAuth(TlsClientAuth.REQUIRED);
            });
            return tls.build();
        } catch (RuntimeException e) {
            throw new InvalidRequestException(
                    "TLS cannot start with the key %s and the certificate %s, which must be PEM files that belong together: %s"
                            .formatted(files.key(), files.certificate(), e.getMessage()),
                    e);
        }
    }

    private static void requireReadable(String what, Path file) {
        if (!Files.isReadable(file)) {
            throw new InvalidRequestException("The %s file of TLS, %s, cannot be read".formatted(what, file));
        }
    }
}
