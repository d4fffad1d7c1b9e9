package dev.manciple.mysql;

import dev.manciple.spi.OnlineStore;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.ServerFaultsContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

class MySqlFaultsTest extends ServerFaultsContract<TestServer> {
    @Override
    protected TestServer start(Path folder) {
        TestServer server = TestServer.start();
        server.empty();
        return server;
    }

    @Override
    protected void stop(TestServer server) throws IOException {
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

    @Override
    protected boolean wholeBatches() {
        return true;
    }

    @Override
    protected OnlineStore store(TestServer server, int port, Duration timeout, Duration connectTimeout) {
        return new MySqlOnlineStore(
                TestServer.config(port, timeout, connectTimeout), KitContext.withoutArrow("p", Path.of(".")));
    }
}
