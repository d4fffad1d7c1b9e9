package dev.manciple.redis;

import dev.manciple.spi.internal.Deadlines;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisException;

/**
 * At most one {@link SharedConnection} to each server, opened when it is first wanted and again after it failed. Of servers that
 * take each other's place only the one wanted last is connected. Thread-safe.
 */
final class SharedConnections implements AutoCloseable {
    private final JedisClientConfig client;
    private final Deadlines deadlines;
    private final boolean cluster;
    private final Map<HostAndPort, SharedConnection> connections = new ConcurrentHashMap<>();
    private final ReentrantLock opening = new ReentrantLock();
    private boolean closed;

    /**
     * @param deadlines what ends waits that are too long; not closed
     * @param cluster whether several servers are used at the same time
     */
    SharedConnections(JedisClientConfig client, Deadlines deadlines, boolean cluster) {
        this.client = client;
        this.deadlines = deadlines;
        this.cluster = cluster;
    }

    /**
     * The connection to a server; null while another thread opens one, which may take as long as a server takes to be missed, and
     * while the one there is says nothing.
     *
     * @throws JedisException if the server cannot be reached or does not let us in
     */
    @Nullable
    SharedConnection to(HostAndPort address) {
        SharedConnection known = connections.get(address);
        if (known != null && known.isOpen()) {
            return known.isSilent() ? null : known;
        }
        if (!opening.tryLock()) {
            return null;
        }
        try {
            SharedConnection since = connections.get(address);
            if (since != null && since.isOpen()) {
                return since;
            }
            if (closed) {
                throw new JedisException("the store is closed");
            }
            SharedConnection opened = SharedConnection.open(address, client, deadlines);
            connections.put(address, opened);
            if (!cluster) {
                keepOnly(address);
            }
            return opened;
        } finally {
            opening.unlock();
        }
    }

    /** Ends what waits for a server that another has taken the place of. */
    void keepOnly(HostAndPort address) {
        connections.forEach((other, connection) -> {
            if (!other.equals(address) && connections.remove(other, connection)) {
                connection.close();
            }
        });
    }

    @Override
    public void close() {
        opening.lock();
        try {
            closed = true;
            connections.values().forEach(SharedConnection::close);
        } finally {
            opening.unlock();
        }
    }
}
