package dev.manciple.server;

import dev.manciple.error.InvalidRequestException;
import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.common.tls.TlsConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Base64;

/** Reads the PEM files of TLS. Keys may be of PKCS #1 or #8, those of curves also of SEC 1, not encrypted. */
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
        requirePlain(files.key());
        try {
            Keys identity = identity(files);
            requireTogether(identity);
            TlsConfig.Builder tls = TlsConfig.builder().privateKey(identity).privateKeyCertChain(identity);
            files.clientAuthorities().ifPresent(file -> {
                Keys authorities = Keys.builder()
                        .pem(pem -> pem.certificates(Resource.create(file)))
                        .build();
                tls.trust(authorities).clientAuth(TlsClientAuth.REQUIRED);
            });
            return tls.build();
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new InvalidRequestException(
                    "TLS cannot start with the key %s and the certificate %s, which must be PEM files that belong together: %s"
                            .formatted(files.key(), files.certificate(), e.getMessage()),
                    e);
        }
    }

    /** The key as PEM of PKCS #8, which is all that gRPC reads; the files are known to be good. */
    public static InputStream key(ServerOptions.Tls files) {
        return new ByteArrayInputStream(
                pkcs8(identity(files).privateKey().orElseThrow().getEncoded()).getBytes(StandardCharsets.US_ASCII));
    }

    /** As PEM. */
    static String pkcs8(byte[] encoded) {
        return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                .formatted(Base64.getMimeEncoder().encodeToString(encoded));
    }

    private static Keys identity(ServerOptions.Tls files) {
        return Keys.builder()
                .pem(pem -> pem.key(keyFile(files.key())).certChain(Resource.create(files.certificate())))
                .build();
    }

    private static Resource keyFile(Path file) {
        try {
            return EcKeyFile.pkcs8(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .map(pem -> Resource.create(file.toString(), pem.getBytes(StandardCharsets.US_ASCII)))
                    .orElseGet(() -> Resource.create(file));
        } catch (IOException e) {
            throw new InvalidRequestException("The key file of TLS, %s, cannot be read".formatted(file), e);
        }
    }

    private static void requirePlain(Path key) {
        try {
            // Both forms of encrypted keys say so in their first lines.
            if (Files.readString(key, StandardCharsets.ISO_8859_1).contains("ENCRYPTED")) {
                throw new InvalidRequestException(
                        "The key %s of TLS is encrypted. Name a file with the key itself, which only the server can read"
                                .formatted(key));
            }
        } catch (IOException e) {
            throw new InvalidRequestException("The key file of TLS, %s, cannot be read".formatted(key), e);
        }
    }

    /** What the key signs, the certificate must verify; of other kinds of keys the first connection tells. */
    private static void requireTogether(Keys identity) throws GeneralSecurityException {
        PrivateKey key = identity.privateKey().orElseThrow();
        PublicKey certified = identity.certChain().getFirst().getPublicKey();
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> "";
        };
        if (algorithm.isEmpty()) {
            return;
        }
        byte[] text = "manciple".getBytes(StandardCharsets.US_ASCII);
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(text);
        byte[] signature = signer.sign();
        boolean together;
        try {
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certified);
            verifier.update(text);
            together = verifier.verify(signature);
        } catch (InvalidKeyException | SignatureException e) {
            together = false;
        }
        if (!together) {
            throw new GeneralSecurityException("the certificate is of another key");
        }
    }

    private static void requireReadable(String what, Path file) {
        if (!Files.isReadable(file)) {
            throw new InvalidRequestException("The %s file of TLS, %s, cannot be read".formatted(what, file));
        }
    }
}
