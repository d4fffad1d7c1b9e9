package dev.manciple.redis;

import dev.manciple.spi.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A Redis server on the loopback, of this process and gone with it. */
final class TestServer implements AutoCloseable {
    private final int port;
    private final List<String> settings;
    private RedisServer server;

    private TestServer(int port, List<String> settings) {
        this.port = port;
        this.settings = settings;
        this.server = start();
    }

    /** @param settings lines of the server's configuration */
    static TestServer start(String... settings) {
        return new TestServer(freePort(), List.of(settings));
    }

    /**
     * A server that keeps what it acknowledged when it ends.
     *
     * @param folder where, left behind
     */
    static TestServer durable(Path folder) {
        return start("appendonly yes", "appendfsync always", "dir " + folder);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RedisServer start() {
        try {
            RedisServerBuilder builder = RedisServer.newRedisServer()
                    .port(port)
                    .setting("bind 127.0.0.1")
                    .setting("save \"\"");
            settings.forEach(builder::setting);
            RedisServer started = builder.build();
            started.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    void stop() {
        try {
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process at once, as a crash would. */
    void kill() {
        String info = new String((byte[]) send(Protocol.Command.INFO), StandardCharsets.UTF_8);
        long id = info.lines()
                .filter(line -> line.startsWith("process_id:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElseThrow();
        ProcessHandle process = ProcessHandle.of(id).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Starts it again on the same port. */
    void restart() {
        server = start();
    }

    RedisConfig config() {
        return config(address());
    }

    static RedisConfig config(String connectionString) {
        return new RedisConfig(
                RedisType.REDIS,
                "mymaster",
                new Secret(connectionString),
                Optional.empty(),
                true,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Sends one command of its own. */
    Object send(ProtocolCommand command, byte[]... arguments) {
        try (Connection connection = new Connection("127.0.0.1", port)) {
            connection.sendCommand(command, arguments);
            return connection.getOne();
        }
    }

    void flush() {
        send(Protocol.Command.FLUSHALL);
    }

    @Override
    public void close() {
        stop();
    }
}
