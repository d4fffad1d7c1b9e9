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
import dev.manciple.tck.KitContext;
import dev.manciple.tck.SelfSigned;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections, with a server that knows its clients by their certificates. */
class RedisTlsTest {
    @TempDir
    static Path folder;

    private static int port;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        SelfSigned.make(folder, "server", "ip:127.0.0.1");
        SelfSigned.make(folder, "other", "dns:elsewhere.example");
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
                TestServer.config("127.0.0.1:" + port + "," + options), KitContext.withoutArrow("p", folder));
    }
}
