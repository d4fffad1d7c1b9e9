package dev.manciple.cassandra;

import static dev.manciple.cassandra.Drivers.EVENT;
import static dev.manciple.cassandra.Drivers.VIEW;
import static dev.manciple.cassandra.Drivers.found;
import static dev.manciple.cassandra.Drivers.keep;
import static dev.manciple.cassandra.Drivers.read;
import static dev.manciple.cassandra.Drivers.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.manciple.cassandra.server.CassandraServer;
import dev.manciple.error.StoreException;
import dev.manciple.spi.OnlineStore;
import dev.manciple.tck.SelfSigned;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections, with a server that takes no others and knows its clients by their certificates. */
@Timeout(180)
class CassandraTlsTest {
    @TempDir
    private static Path folder;

    private static SelfSigned mine;
    private static SelfSigned other;
    private static CassandraServer server;
    private static String hostId = "";

    @BeforeAll
    static void start() throws Exception {
        mine = SelfSigned.make(folder, "mine", "dns:localhost,ip:127.0.0.1");
        other = SelfSigned.make(folder, "other", "dns:localhost,ip:127.0.0.1");
        server = CassandraServer.start(
                folder.resolve("cassandra"),
                Optional.of(new CassandraServer.Tls(mine.keystore(), SelfSigned.PASSWORD, true)));
        try (CqlSession session = session()) {
            session.execute(
                    "CREATE KEYSPACE encrypted WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
            hostId = String.valueOf(Objects.requireNonNull(
                            session.execute("SELECT host_id FROM system.local").one())
                    .getUuid(0));
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static CqlSession session() {
        String keystore = mine.keystore().toString();
        return CqlSession.builder()
                .addContactPoint(server.address())
                .withLocalDatacenter(CassandraServer.DATACENTER)
                .withAuthCredentials(CassandraServer.USER, CassandraServer.PASSWORD)
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(60))
                        .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(30))
                        .withString(DefaultDriverOption.SSL_ENGINE_FACTORY_CLASS, "DefaultSslEngineFactory")
                        .withString(DefaultDriverOption.SSL_KEYSTORE_PATH, keystore)
                        .withString(DefaultDriverOption.SSL_KEYSTORE_PASSWORD, SelfSigned.PASSWORD)
                        .withString(DefaultDriverOption.SSL_TRUSTSTORE_PATH, keystore)
                        .withString(DefaultDriverOption.SSL_TRUSTSTORE_PASSWORD, SelfSigned.PASSWORD)
                        .build())
                .build();
    }

    @Test
    void trustsTheTruststoreAndShowsItsCertificate() {
        try (OnlineStore store = store(tls(mine, mine))) {
            assertWorks(store, 1);
        }
    }

    @Test
    void refusesAServerItHasNoReasonToTrust() {
        assertFails(tls(other, mine));
    }

    @Test
    void isRefusedWithACertificateNobodySigned() {
        assertFails(tls(mine, other));
    }

    @Test
    void isRefusedWithoutEncryption() {
        assertFails(Map.of());
    }

    private static void assertFails(Map<String, Object> options) {
        try (OnlineStore store = store(options)) {
            StoreException failure = catchThrowableOfType(StoreException.class, () -> store.update(keep(VIEW)));
            assertThat(failure)
                    .hasMessageContaining("127.0.0.1:" + server.port())
                    .hasMessageNotContaining(SelfSigned.PASSWORD);
        }
    }

    /** What Astra gives its customers: where to ask for the nodes, and the certificates for it. */
    @Test
    void findsTheClusterOfASecureBundle() throws Exception {
        HttpsServer metadata = metadataService();
        try {
            Path bundle = folder.resolve("secure-connect.zip");
            writeBundle(bundle, metadata.getAddress().getPort());
            Map<String, Object> options = Map.of(
                    "secure_bundle_path",
                    bundle.toString(),
                    "keyspace",
                    "encrypted",
                    "username",
                    CassandraServer.USER,
                    "password",
                    CassandraServer.PASSWORD);
            try (OnlineStore store = Drivers.store(new CassandraOnlineStoreFactory(), "p", options, Map.of())) {
                assertWorks(store, 2);
            }
        } finally {
            metadata.stop(0);
        }
    }

    private static HttpsServer metadataService() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(mine.keystore())) {
            keys.load(in, SelfSigned.PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, SelfSigned.PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer service = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setHttpsConfigurator(new HttpsConfigurator(context));
        byte[] answer =
                """
                {"version": 1, "region": "here", "contact_info": {"type": "sni_proxy", "local_dc": "%s", \
                "contact_points": ["%s"], "sni_proxy_address": "localhost:%d"}}\
                """.formatted(CassandraServer.DATACENTER, hostId, server.port()).getBytes(StandardCharsets.UTF_8);
        service.createContext("/metadata", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        service.start();
        return service;
    }

    private static void writeBundle(Path bundle, int port) throws IOException {
        String config = """
                {"host": "localhost", "port": %1$d, "keyStorePassword": "%2$s", "trustStorePassword": "%2$s"}\
                """.formatted(port, SelfSigned.PASSWORD);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(bundle))) {
            put(zip, "config.json", config.getBytes(StandardCharsets.UTF_8));
            put(zip, "identity.jks", Files.readAllBytes(mine.keystore()));
            put(zip, "trustStore.jks", Files.readAllBytes(mine.keystore()));
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private static void assertWorks(OnlineStore store, long driver) {
        store.update(keep(VIEW));
        store.write(VIEW, List.of(row(driver, EVENT, driver)));
        assertThat(read(store, driver)).isEqualTo(found(EVENT, driver));
    }

    private static Map<String, Object> tls(SelfSigned trusted, SelfSigned shown) {
        return Map.of(
                "tls",
                Map.of(
                        "truststore",
                        trusted.keystore().toString(),
                        "truststore_password",
                        SelfSigned.PASSWORD,
                        "keystore",
                        shown.keystore().toString(),
                        "keystore_password",
                        SelfSigned.PASSWORD));
    }

    private static OnlineStore store(Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(Map.of(
                "hosts",
                List.of("127.0.0.1"),
                "port",
                server.port(),
                "keyspace",
                "encrypted",
                "username",
                CassandraServer.USER,
                "password",
                CassandraServer.PASSWORD));
        return Drivers.store(new CassandraOnlineStoreFactory(), "p", options, more);
    }
}
