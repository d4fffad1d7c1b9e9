package dev.manciple.postgres;

import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.OnlineStore;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.ServerFaultsContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

class PostgresOnlineFaultsTest extends ServerFaultsContract<TestServer> {
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
    protected void kill(TestServer server) throws Exception {
        server.kill();
    }

    @Override
    protected void restart(TestServer server) throws IOException {
        server.restart();
    }

    @Override
    protected boolean wholeBatches() {
        return true;
    }

    @Override
    protected OnlineStore store(TestServer server, int port, Duration timeout, Duration connectTimeout) {
        Map<String, Object> options = server.options("public");
        options.put("port", port);
        options.put("timeout", timeout.toMillis() + "ms");
        options.put("connect_timeout", connectTimeout.toMillis() + "ms");
        return new PostgresOnlineStore(
                new ConfigBinder().bind("online_store", PostgresOnlineConfig.class, options),
                KitContext.withoutArrow("p", Path.of("")));
    }
}
