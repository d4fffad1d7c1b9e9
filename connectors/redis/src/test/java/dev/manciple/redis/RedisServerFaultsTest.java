package dev.manciple.redis;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.config.Secret;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.ServerFaultsContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

class RedisServerFaultsTest extends ServerFaultsContract<TestServer> {
    @Override
    protected TestServer start(Path folder) {
        return TestServer.durable(folder);
    }

    @Override
    protected void stop(TestServer server) {
        server.close();
    }

    @Override
    protected int port(TestServer server) {
        return server.port();
    }

    @Override
    protected void kill(TestServer server) {
        server.kill();
    }

    @Override
    protected void restart(TestServer server) {
        server.restart();
    }

    /** Each row is a step of its own. */
    @Override
    protected boolean wholeBatches() {
        return false;
    }

    @Override
    protected OnlineStore store(TestServer server, int port, Duration timeout, Duration connectTimeout) {
        RedisConfig config = new RedisConfig(
                RedisType.REDIS,
                "mymaster",
                new Secret("127.0.0.1:" + port),
                Optional.empty(),
                true,
                false,
                Optional.of(timeout),
                Optional.of(connectTimeout),
                Optional.empty());
        return new RedisOnlineStore(config, KitContext.withoutArrow("p", Path.of(".")));
    }
}
