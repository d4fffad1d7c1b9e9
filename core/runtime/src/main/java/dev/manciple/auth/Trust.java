package dev.manciple.auth;

import dev.manciple.error.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whose certificates are believed. */
public sealed interface Trust {
    /** Those the machine believes. */
    record Machine() implements Trust {}

    /** Those of the authorities in a PEM file. */
    record Authorities(Path pem) implements Trust {}

    /** Any, on the user's explicit wish. */
    record Anybody() implements Trust {}

    /** @throws ConfigException if the file has no certificates */
    default SSLContext context() {
        try {
            return switch (this) {
                case Machine machine -> SSLContext.getDefault();
                case Authorities authorities -> context(managers(authorities.pem()));
                case Anybody anybody -> context(new TrustManager[] {new Believing()});
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM lacks TLS", e);
        }
    }

    private static SSLContext context(TrustManager[] managers) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers, null);
        return context;
    }

    private static TrustManager[] managers(Path pem) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try (InputStream in = Files.newInputStream(pem)) {
            store.load(null, null);
            int count = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + count, certificate);
                count++;
            }
            if (count == 0) {
                throw new IOException("there is no certificate in it");
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(
                    pem.toString(), List.of("must be a PEM file of certificates, but " + e.getMessage()));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** Believes everything, names of hosts included, which only an extended manager can. */
    final class Believing extends X509ExtendedTrustManager {
        private Believing() {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            // As asked for.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            // As asked for.
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // As asked for.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // As asked for.
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // As asked for.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // As asked for.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
