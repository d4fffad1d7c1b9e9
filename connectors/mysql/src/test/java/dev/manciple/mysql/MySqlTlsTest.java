package dev.manciple.mysql;

import static dev.manciple.tck.Trips.KEEP;
import static dev.manciple.tck.Trips.NOON;
import static dev.manciple.tck.Trips.VIEW;
import static dev.manciple.tck.Trips.found;
import static dev.manciple.tck.Trips.read;
import static dev.manciple.tck.Trips.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.manciple.error.ConfigException;
import dev.manciple.error.StoreException;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.SelfSigned;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections, with a server that takes no others. */
@Timeout(300)
class MySqlTlsTest {
    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        SelfSigned mine = SelfSigned.make(folder, "server", "ip:127.0.0.1");
        SelfSigned.make(folder, "other", "ip:127.0.0.1");
        server = TestServer.start("--ssl-cert=" + mine.certificate(), "--ssl-key=" + mine.key());
        server.empty();
        server.execute("SET GLOBAL require_secure_transport = ON");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void trustsTheAuthoritiesNamed() {
        for (SslMode mode : List.of(SslMode.VERIFY_FULL, SslMode.VERIFY_CA)) {
            assertWorks(mode, Optional.of("server.crt"));
        }
    }

    @Test
    void trustsAnyoneWhereToldTo() {
        assertWorks(SslMode.TRUST, Optional.empty());
    }

    @Test
    void refusesAServerItHasNoReasonToTrust() {
        for (SslMode mode : List.of(SslMode.VERIFY_FULL, SslMode.VERIFY_CA)) {
            try (MySqlOnlineStore store = store(mode, Optional.of("other.crt"))) {
                StoreException failure = catchThrowableOfType(StoreException.class, () -> store.update(KEEP));
                assertThat(failure).hasMessageContaining("ssl_root_cert").hasMessageNotContaining(TestServer.PASSWORD);
                assertThat(failure.retryable()).isFalse();
            }
        }
    }

    @Test
    void isRefusedWithoutEncryption() {
        try (MySqlOnlineStore store = store(SslMode.DISABLE, Optional.empty())) {
            assertThatThrownBy(() -> store.update(KEEP)).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void saysWhichFileIsOfNoUse() {
        try (MySqlOnlineStore store = store(SslMode.VERIFY_FULL, Optional.of("absent.crt"))) {
            assertThatThrownBy(() -> store.update(KEEP))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("ssl_root_cert")
                    .hasMessageContaining("absent.crt");
        }
    }

    private static void assertWorks(SslMode mode, Optional<String> rootCertificate) {
        try (MySqlOnlineStore store = store(mode, rootCertificate)) {
            store.update(KEEP);
            store.write(VIEW, List.of(row(1, NOON, 1)));
            assertThat(read(store, 1)).containsExactly(found(NOON, 1));
        }
    }

    private static MySqlOnlineStore store(SslMode mode, Optional<String> rootCertificate) {
        return new MySqlOnlineStore(server.encrypted(mode, rootCertificate), KitContext.withoutArrow("p", folder));
    }
}
