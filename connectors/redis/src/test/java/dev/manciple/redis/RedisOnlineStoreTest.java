package dev.manciple.redis;

import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisOnlineStoreTest extends OnlineStoreContract {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new RedisFixture(server);
    }
}
