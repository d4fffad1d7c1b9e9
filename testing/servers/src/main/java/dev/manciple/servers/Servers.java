package dev.manciple.servers;

import com.google.cloud.bigtable.emulator.v2.Emulator;
import dev.manciple.cassandra.server.CassandraServer;
import dev.manciple.dynamodb.server.DynamoDbServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import redis.embedded.RedisServer;

/**
 * Starts servers with nothing in them yet. What is stored need not survive a crash of the machine: disks are not waited for where a
 * server lets one choose. MySQL's is {@link MariaDb}.
 */
public final class Servers {
    private Servers() {}

    private record Started(int port, Ending ending) implements RunningServer {
        @Override
        public void close() throws IOException {
            ending.end();
        }
    }

    private interface Ending {
        void end() throws IOException;
    }

    /** Redis that keeps everything in memory. */
    public static RunningServer redis() throws IOException {
        int port = freePort();
        RedisServer server = RedisServer.newRedisServer()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
        return new Started(port, server::stop);
    }

    /** PostgreSQL with the database {@code postgres}, whose owner {@code postgres} is let in with any password. */
    public static RunningServer postgres() throws IOException {
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("shared_buffers", "256MB")
                .setServerConfig("max_connections", "200")
                .start();
        return new Started(server.getPort(), server::close);
    }

    /**
     * Cassandra with one node; see {@link CassandraServer} for who may enter.
     *
     * @param folder of its files, left behind
     */
    public static RunningServer cassandra(Path folder) {
        CassandraServer server = CassandraServer.start(folder);
        return new Started(server.port(), server::close);
    }

    /**
     * DynamoDB Local in memory, which takes any credentials.
     *
     * @param folder of its log, left behind
     */
    public static RunningServer dynamodb(Path folder) {
        DynamoDbServer server = DynamoDbServer.startInMemory(folder);
        return new Started(server.endpoint().getPort(), server::close);
    }

    /** Bigtable's emulator, which has every instance one asks for. */
    public static RunningServer bigtable() throws IOException, InterruptedException {
        Emulator emulator = Emulator.createBundled();
        try {
            emulator.start();
        } catch (TimeoutException e) {
            throw new IOException("The emulator of Bigtable did not start", e);
        }
        return new Started(emulator.getPort(), emulator::stop);
    }

    /** A port nobody listens on. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
