package dev.manciple.remote.online;

import dev.manciple.error.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads the PEM files of a client's side of TLS. */
final class ClientTls {
    private static final String SECTION = "online_store (type: remote)";
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private ClientTls() {}

    /**
     * Empty where the JVM's own settings do.
     *
     * @param folder what relative paths are relative to
     * @throws ConfigException if a file is not what it should be
     */
    static Optional<SSLContext> of(RemoteOnlineConfig config, Path folder) {
        if (config.cert().isEmpty() && config.clientCert().isEmpty()) {
            return Optional.empty();
        }
        TrustManager @Nullable [] trusted =
                config.cert().map(file -> trusted(folder.resolve(file))).orElse(null);
        KeyManager @Nullable [] own = config.clientCert()
                .flatMap(certificate ->
                        config.clientKey().map(key -> own(folder.resolve(certificate), folder.resolve(key))))
                .orElse(null);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trusted, null);
            return Optional.of(context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM lacks TLS", e);
        }
    }

    private static TrustManager[] trusted(Path file) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int count = 0;
            for (Certificate certificate : certificates("cert", file)) {
                store.setCertificateEntry("authority-" + count, certificate);
                count++;
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("This JVM lacks TLS", e);
        }
    }

    private static KeyManager[] own(Path certificate, Path key) {
        Certificate[] chain = certificates("client_cert", certificate).toArray(Certificate[]::new);
        PrivateKey secret = key(key, chain[0].getPublicKey().getAlgorithm());
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] inMemory = new char[0];
            store.setKeyEntry("client", secret, inMemory, chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, inMemory);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("This JVM lacks TLS", e);
        }
    }

    private static Collection<? extends Certificate> certificates(String option, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw problem(option, file, "certificates", "there is none in it");
            }
            return certificates;
        } catch (IOException | GeneralSecurityException e) {
            throw problem(option, file, "certificates", String.valueOf(e));
        }
    }

    /** @param algorithm of the certificate the key is for */
    private static PrivateKey key(Path file, String algorithm) {
        try {
            Matcher pem = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
            if (!pem.find()) {
                throw problem("client_key", file, "a private key in PKCS #8", "there is none in it");
            }
            byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (InvalidKeySpecException e) {
            throw problem("client_key", file, "the private key of client_cert", "it has another algorithm");
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw problem("client_key", file, "a private key in PKCS #8", String.valueOf(e));
        }
    }

    private static ConfigException problem(String option, Path file, String wanted, String found) {
        return new ConfigException(
                SECTION, List.of("%s must be a PEM file with %s; '%s': %s".formatted(option, wanted, file, found)));
    }
}
