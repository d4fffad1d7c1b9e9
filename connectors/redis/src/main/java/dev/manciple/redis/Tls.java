package dev.manciple.redis;

import dev.manciple.error.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/** Encrypted connections as a connection string describes them, from the PEM files Python programs use. */
final class Tls {
    private static final String STORE_TYPE = "PKCS12";
    /** The stores never leave the process. */
    private static final char[] STORE_PASSWORD = "in memory".toCharArray();

    private final ConnectionString connection;
    private final Path folder;

    private Tls(ConnectionString connection, Path folder) {
        this.connection = connection;
        this.folder = folder;
    }

    /**
     * @param folder where relative paths of files start
     * @throws ConfigException if a file cannot be read as what it should be
     */
    static SslOptions options(ConnectionString connection, Path folder) {
        try {
            return new Tls(connection, folder).options();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new ConfigException(
                    "online_store", List.of("connection_string names TLS files that cannot be used: " + e));
        }
    }

    private SslOptions options() throws GeneralSecurityException, IOException {
        SslOptions.Builder options = SslOptions.builder()
                .keyStoreType(STORE_TYPE)
                .trustStoreType(STORE_TYPE)
                .sslVerifyMode(verification());
        Optional<String> authorities = connection.authorities();
        if (authorities.isPresent()) {
            KeyStore store = emptyStore();
            for (Certificate certificate : certificates(folder.resolve(authorities.get()))) {
                store.setCertificateEntry("authority " + store.size(), certificate);
            }
            options.truststore(resource(store), STORE_PASSWORD);
        }
        Optional<String> certificate = connection.certificate();
        if (certificate.isPresent()) {
            // As in Python, the key may be in the certificate's file.
            Path keyFile = folder.resolve(connection.privateKey().orElse(certificate.get()));
            Certificate[] chain =
                    certificates(folder.resolve(certificate.get())).toArray(Certificate[]::new);
            KeyStore store = emptyStore();
            PrivateKey key = privateKey(keyFile, chain[0].getPublicKey().getAlgorithm());
            store.setKeyEntry("client", key, STORE_PASSWORD, chain);
            options.keystore(resource(store), STORE_PASSWORD);
        }
        return options.build();
    }

    private SslVerifyMode verification() {
        if (!connection.checksCertificate()) {
            return SslVerifyMode.INSECURE;
        }
        return connection.checksHostName() ? SslVerifyMode.FULL : SslVerifyMode.CA;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(STORE_TYPE);
        store.load(null, STORE_PASSWORD);
        return store;
    }

    private static SslOptions.Resource resource(KeyStore store) throws GeneralSecurityException, IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, STORE_PASSWORD);
        return () -> new ByteArrayInputStream(bytes.toByteArray());
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
}
