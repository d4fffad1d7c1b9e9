package dev.manciple.postgres;

import static dev.manciple.tck.Trips.KEEP;
import static dev.manciple.tck.Trips.NOON;
import static dev.manciple.tck.Trips.VIEW;
import static dev.manciple.tck.Trips.found;
import static dev.manciple.tck.Trips.read;
import static dev.manciple.tck.Trips.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.manciple.error.StoreException;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.OnlineStore;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.SelfSigned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections, of a user whom the server lets in over no others, and only with a certificate. */
@Timeout(120)
class PostgresTlsTest {
    private static final String USER = "certified";

    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        SelfSigned own = selfSigned("server");
        SelfSigned client = selfSigned("client");
        selfSigned("other");
        server = TestServer.encrypted(own, USER, client);
    }

    private static SelfSigned selfSigned(String name) throws Exception {
        SelfSigned files = SelfSigned.make(folder, name, "dns:localhost");
        // Neither the server nor the driver takes a key that others may read.
        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-------"));
        return files;
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void trustsTheAuthoritiesNamedAndShowsItsCertificate() {
        for (String mode : List.of("verify-full", "verify-ca", "require")) {
            try (OnlineStore store = store(mode, "client", "server.crt")) {
                store.update(KEEP);
                store.write(VIEW, List.of(row(1, NOON, 1)));
                assertThat(read(store, 1)).as(mode).containsExactly(found(NOON, 1));
            }
        }
    }

    @Test
    void refusesAServerItHasNoReasonToTrust() {
        for (String mode : List.of("verify-full", "verify-ca")) {
            try (OnlineStore store = store(mode, "client", "other.crt")) {
                StoreException failure = catchThrowableOfType(StoreException.class, () -> store.update(KEEP));
                assertThat(failure).as(mode).hasMessageContaining("sslrootcert_path");
                assertThat(failure.retryable()).isFalse();
            }
        }
    }

    @Test
    void isRefusedWithoutEncryptionOrWithACertificateOfSomebodyElse() {
        try (OnlineStore plain = store("disable", "client", "server.crt");
                OnlineStore stranger = store("require", "other", "server.crt")) {
            for (OnlineStore store : List.of(plain, stranger)) {
                StoreException failure = catchThrowableOfType(StoreException.class, () -> read(store, 1));
                assertThat(failure).hasMessageContaining("localhost:" + server.port());
            }
        }
    }

    /** Relative paths, as a repository has them. */
    private static OnlineStore store(String mode, String certificate, String authority) {
        Map<String, Object> options = server.options(USER);
        options.put("user", USER);
        options.put("sslmode", mode);
        options.put("sslcert_path", certificate + ".crt");
        options.put("sslkey_path", certificate + ".key");
        options.put("sslrootcert_path", authority);
        return new PostgresOnlineStore(
                new ConfigBinder().bind("online_store", PostgresOnlineConfig.class, options),
                KitContext.withoutArrow("p", folder));
    }
}
