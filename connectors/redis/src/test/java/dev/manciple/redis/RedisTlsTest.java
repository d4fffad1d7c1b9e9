package dev.manciple.redis;

import static dev.manciple.redis.Rows.NOON;
import static dev.manciple.redis.Rows.TRIPS;
import static dev.manciple.redis.Rows.foundTrips;
import static dev.manciple.redis.Rows.read;
import static dev.manciple.redis.Rows.trips;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.error.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections, with a server that knows its clients by their certificates. */
class RedisTlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    private static int port;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        certificate("server", "ip:127.0.0.1");
        certificate("other", "dns:elsewhere.example");
        port = TestServer.freePort();
        server = TestServer.start(
                "tls-port " + port,
                "tls-cert-file " + folder.resolve("server.crt"),
                "tls-key-file " + folder.resolve("server.key"),
                "tls-ca-cert-file " + folder.resolve("other.crt"),
                "tls-auth-clients optional");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void trustsTheAuthoritiesNamed() {
        assertWorks("ssl=true,ssl_ca_certs=server.crt");
    }

    @Test
    void showsACertificateOfItsOwn() {
        assertWorks("ssl=true,ssl_ca_certs=server.crt,ssl_certfile=other.crt,ssl_keyfile=other.key");
    }

    @Test
    void trustsAnyoneWhereToldTo() {
        assertWorks("ssl=true,ssl_cert_reqs=none");
    }

    @Test
    void refusesAServerItHasNoReasonToTrust() {
        for (String options : List.of("ssl=true", "ssl=true,ssl_ca_certs=other.crt")) {
            try (RedisOnlineStore store = store(options)) {
                assertThatThrownBy(() -> read(store, TRIPS, 1)).isInstanceOf(StoreException.class);
            }
        }
    }

    @Test
    void saysWhichFileIsOfNoUse() {
        for (String options : List.of(
                "ssl=true,ssl_ca_certs=absent.crt",
                "ssl=true,ssl_ca_certs=server.key",
                "ssl=true,ssl_certfile=server.crt,ssl_keyfile=server.crt")) {
            try (RedisOnlineStore store = store(options)) {
                assertThatThrownBy(() -> read(store, TRIPS, 1))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining("TLS files");
            }
        }
    }

    private static void assertWorks(String options) {
        try (RedisOnlineStore store = store(options)) {
            store.write(TRIPS, List.of(trips(1, NOON, 1)));
            assertThat(read(store, TRIPS, 1)).containsExactly(foundTrips(NOON, 1));
        }
    }

    private static RedisOnlineStore store(String options) {
        return new RedisOnlineStore(
                TestServer.config("127.0.0.1:" + port + "," + options), new TestContext("p", folder));
    }

    /** Makes a certificate that is its own authority, and its key, with the tool every JDK has. */
    private static void certificate(String name, String subject)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve(name + ".p12");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=" + subject,
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(process.waitFor()).as("keytool").isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        pem(name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded());
        pem(
                name + ".key",
                "PRIVATE KEY",
                keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
    }

    private static void pem(String file, String what, byte[] bytes) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, base64),
                StandardCharsets.US_ASCII);
    }
}
