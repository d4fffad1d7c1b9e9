package dev.manciple.redis;

import dev.manciple.spi.internal.Deadlines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.providers.ConnectionProvider;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.clients.jedis.providers.SentineledConnectionProvider;
import redis.clients.jedis.util.JedisClusterCRC16;
import redis.clients.jedis.util.Pool;

/**
 * Which server holds a key, and connections to it: one server, the master that sentinels name, or the nodes of a cluster. Nothing
 * is connected before first use. Thread-safe.
 */
final class Servers implements AutoCloseable {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** A server runs one command at a time: more pipelines at once make each slower and all together no faster. One is shared. */
    private static final int DEFAULT_CONNECTIONS = 8;

    private final RedisConfig config;
    private final ConnectionString connection;
    private final Path folder;
    private final Deadlines deadlines;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable Opened opened;
    private volatile boolean closed;

    /**
     * @param folder where relative paths of TLS files start
     * @param deadlines what ends waits that are too long; not closed
     */
    Servers(RedisConfig config, Path folder, Deadlines deadlines) {
        this.config = config;
        this.connection = ConnectionString.parse(config.connectionString().reveal());
        this.folder = folder;
        this.deadlines = deadlines;
    }

    /** What messages call the store. */
    String name() {
        return "Redis store '%s'".formatted(connection.names());
    }

    Duration timeout() {
        return config.timeout().or(connection::timeout).orElse(DEFAULT_TIMEOUT);
    }

    /** Whether a command may be about keys of one slot only. */
    boolean isCluster() {
        return config.redisType() == RedisType.REDIS_CLUSTER;
    }

    /** Whether another server may take over from one that is gone. */
    boolean hasReplacements() {
        return config.redisType() != RedisType.REDIS;
    }

    /** A way to one server. */
    interface Node {
        /** A connection of the caller's own, to be closed. @throws JedisException if there is none to be had */
        Connection connect();

        /**
         * A connection for small requests, not to be closed; null if there is none just now.
         *
         * @throws JedisException if the server cannot be reached
         */
        @Nullable
        SharedConnection shared();
    }

    /** What is connected. */
    private record Opened(ConnectionProvider provider, Optional<SharedConnections> shared) {
        Node node(HostAndPort address, Supplier<Connection> own) {
            return new Node() {
                @Override
                public Connection connect() {
                    return own.get();
                }

                @Override
                public @Nullable SharedConnection shared() {
                    return shared.isEmpty() ? null : shared.get().to(address);
                }
            };
        }
    }

    /**
     * The positions of commands by the server that holds their keys; within one, in the order given.
     *
     * @throws JedisException if the servers cannot be asked who holds what
     */
    Map<Node, List<Integer>> route(List<Command> commands, List<Integer> positions) {
        Opened servers = opened();
        ConnectionProvider provider = servers.provider();
        if (!(provider instanceof ClusterConnectionProvider cluster)) {
            return Map.of(servers.node(address(provider), provider::getConnection), positions);
        }
        Map<HostAndPort, List<Integer>> byAddress = new LinkedHashMap<>();
        for (int position : positions) {
            int slot = JedisClusterCRC16.getSlot(commands.get(position).key());
            HostAndPort address = cluster.getNode(slot);
            if (address == null) {
                throw new JedisConnectionException("no node of the cluster serves slot " + slot);
            }
            byAddress.computeIfAbsent(address, key -> new ArrayList<>()).add(position);
        }
        Map<Node, List<Integer>> routes = new LinkedHashMap<>();
        byAddress.forEach(
                (address, mine) -> routes.put(servers.node(address, () -> cluster.getConnection(address)), mine));
        return routes;
    }

    /** Of the one server, or of the one that takes the place of the others just now. */
    private HostAndPort address(ConnectionProvider provider) {
        return provider instanceof SentineledConnectionProvider sentinels
                ? sentinels.getCurrentMaster()
                : connection.nodes().getFirst();
    }

    /** A connection to a node of the cluster, to be closed. @throws JedisException if there is none to be had */
    Connection connect(HostAndPort address) {
        ConnectionProvider provider = opened().provider();
        return provider instanceof ClusterConnectionProvider cluster
                ? cluster.getConnection(address)
                : provider.getConnection();
    }

    /** Connections to each server that takes writes, to be closed. */
    Collection<Supplier<Connection>> primaries() {
        List<Supplier<Connection>> nodes = new ArrayList<>();
        for (Object pool : opened().provider().getPrimaryNodesConnectionMap().values()) {
            if (pool instanceof Pool<?> connections) {
                nodes.add(() -> (Connection) connections.getResource());
            }
        }
        return nodes;
    }

    /** Forgets idle connections and who holds what, after a server turned out to be gone or to have changed its role. */
    void refresh() {
        Opened known = opened;
        if (known == null) {
            return;
        }
        ConnectionProvider provider = known.provider();
        provider.getPrimaryNodesConnectionMap().values().forEach(pool -> {
            if (pool instanceof Pool<?> connections) {
                connections.clear();
            }
        });
        if (provider instanceof ClusterConnectionProvider cluster) {
            cluster.renewSlotCache();
        } else {
            known.shared().ifPresent(shared -> shared.keepOnly(address(provider)));
        }
    }

    private Opened opened() {
        Opened known = opened;
        if (known != null) {
            return known;
        }
        opening.lock();
        try {
            if (closed) {
                throw new JedisException("the store is closed");
            }
            Opened first = opened;
            if (first == null) {
                first = open();
                opened = first;
            }
            return first;
        } finally {
            opening.unlock();
        }
    }

    private Opened open() {
        JedisClientConfig client = client();
        int connections = config.maxConnections().or(connection::maxConnections).orElse(DEFAULT_CONNECTIONS);
        // A large request needs a connection of its own, so the only one there may be is not shared.
        return connections == 1
                ? new Opened(provider(client, 1), Optional.empty())
                : new Opened(
                        provider(client, connections - 1),
                        Optional.of(new SharedConnections(client, deadlines, isCluster())));
    }

    private ConnectionProvider provider(JedisClientConfig client, int connections) {
        ConnectionPoolConfig pool = pool(connections);
        return switch (config.redisType()) {
            case REDIS -> new PooledConnectionProvider(connection.nodes().getFirst(), client, pool);
            case REDIS_CLUSTER -> new ClusterConnectionProvider(new HashSet<>(connection.nodes()), client, pool);
            case REDIS_SENTINEL ->
                new SentineledConnectionProvider(
                        config.sentinelMaster(),
                        client,
                        pool,
                        new HashSet<>(connection.nodes()),
                        timeouts(DefaultJedisClientConfig.builder()).build());
        };
    }

    private JedisClientConfig client() {
        DefaultJedisClientConfig.Builder builder =
                timeouts(DefaultJedisClientConfig.builder()).database(connection.database());
        connection.user().ifPresent(builder::user);
        connection.password().ifPresent(builder::password);
        connection.clientName().ifPresent(builder::clientName);
        if (connection.tls()) {
            builder.sslOptions(Tls.options(connection, folder));
        }
        return builder.build();
    }

    private DefaultJedisClientConfig.Builder timeouts(DefaultJedisClientConfig.Builder builder) {
        Duration connect =
                config.connectTimeout().or(connection::connectTimeout).orElse(DEFAULT_CONNECT_TIMEOUT);
        // What every server and proxy speaks unasked has all that is needed here, and costs no round trip to agree on.
        return builder.serverDefaultProtocol()
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .connectionTimeoutMillis(
                        Math.toIntExact(Math.min(connect.toMillis(), timeout().toMillis())))
                .socketTimeoutMillis(Math.toIntExact(timeout().toMillis()));
    }

    private ConnectionPoolConfig pool(int connections) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(connections);
        pool.setMaxIdle(connections);
        pool.setMaxWait(timeout());
        pool.setJmxEnabled(false);
        return pool;
    }

    @Override
    public void close() {
        opening.lock();
        try {
            closed = true;
            Opened known = opened;
            if (known != null) {
                known.shared().ifPresent(SharedConnections::close);
                known.provider().close();
            }
        } catch (Exception e) {
            // Nothing was lost: every write was acknowledged before its caller was told.
            System.getLogger(Servers.class.getName()).log(System.Logger.Level.DEBUG, "Closing connections failed", e);
        } finally {
            opening.unlock();
        }
    }
}
