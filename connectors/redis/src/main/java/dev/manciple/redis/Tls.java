package dev.manciple.redis;

import dev.manciple.error.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Encrypted connections as a connection string describes them, from the PEM files Python programs use. */
final class Tls {
    private static final char[] NO_PASSWORD = {};

    private Tls() {}

    /**
     * @param folder where relative paths of files start
     * @throws ConfigException if a file cannot be read as what it should be
     */
    static SSLSocketFactory sockets(ConnectionString connection, Path folder) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity(connection, folder), trust(connection, folder), new SecureRandom());
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new ConfigException(
                    "online_store", List.of("connection_string has TLS files that cannot be used: " + e));
        }
    }

    static SSLParameters parameters(ConnectionString connection) {
        SSLParameters parameters = new SSLParameters();
        if (connection.checksHostName()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        return parameters;
    }

    /** Null where the machine's own authorities are trusted. */
    private static TrustManager @Nullable [] trust(ConnectionString connection, Path folder)
            throws GeneralSecurityException, IOException {
        if (!connection.checksCertificate()) {
            return new TrustManager[] {new TrustsAnyone()};
        }
        Optional<String> authorities = connection.authorities();
        if (authorities.isEmpty()) {
            return null;
        }
        KeyStore store = emptyStore();
        for (Certificate certificate : certificates(folder.resolve(authorities.get()))) {
            store.setCertificateEntry("authority " + store.size(), certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** Null where the client shows no certificate. */
    private static KeyManager @Nullable [] identity(ConnectionString connection, Path folder)
            throws GeneralSecurityException, IOException {
        Optional<String> certificate = connection.certificate();
        if (certificate.isEmpty()) {
            return null;
        }
        // As in Python, the key may be in the certificate's file.
        Path keyFile = folder.resolve(connection.privateKey().orElse(certificate.get()));
        Certificate[] chain = certificates(folder.resolve(certificate.get())).toArray(Certificate[]::new);
        KeyStore store = emptyStore();
        store.setKeyEntry("client", privateKey(keyFile, chain[0].getPublicKey().getAlgorithm()), NO_PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IOException("'%s' has no certificate".formatted(file));
            }
            return certificates;
        }
    }

    private static PrivateKey privateKey(Path file, String algorithm) throws GeneralSecurityException, IOException {
        String pem = Files.readString(file);
        String begin = "-----BEGIN PRIVATE KEY-----";
        int from = pem.indexOf(begin);
        int to = pem.indexOf("-----END PRIVATE KEY-----");
        if (from < 0 || to < from) {
            throw new IOException(
                    "'%s' has no unencrypted PKCS #8 key ('%s'); convert it with: openssl pkcs8 -topk8 -nocrypt"
                            .formatted(file, begin));
        }
        byte[] key = Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
    }

    /** What {@code ssl_cert_reqs=none} asks for: encryption without knowing with whom. */
    private static final class TrustsAnyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
