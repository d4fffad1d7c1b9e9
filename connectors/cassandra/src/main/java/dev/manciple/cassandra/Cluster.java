package dev.manciple.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.ProgrammaticDriverConfigLoaderBuilder;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.config.Secret;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one session with the cluster, opened at first use; opening is tried again by the next use if it fails. Requests name one
 * of its execution profiles.
 */
final class Cluster implements AutoCloseable {
    /** For what is served. */
    static final String READ = "read";
    /** For rows that are stored. */
    static final String WRITE = "write";
    /** For reading all rows, and for creating and dropping. */
    static final String SLOW = "slow";

    /** A changed schema has to reach every node. */
    private static final Duration SLOW_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** A node that comes back is used again within this time. */
    private static final Duration RECONNECTS_WITHIN = Duration.ofSeconds(1);

    private static final int QUIET_MILLIS = 50;
    private static final int SHUTDOWN_MILLIS = 5000;
    private static final Duration SCHEMA_WINDOW = Duration.ofMillis(20);
    private static final Duration FIRST_RECONNECT = Duration.ofMillis(100);

    private final StoreSettings settings;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable CqlSession session;
    private volatile boolean closed;

    Cluster(StoreSettings settings) {
        this.settings = settings;
    }

    /** @throws StoreException if the cluster cannot be reached, or refuses the user */
    CqlSession session(String attempted) {
        CqlSession known = session;
        if (known != null) {
            return known;
        }
        try {
            opening.lockInterruptibly();
        } catch (InterruptedException e) {
            throw Failures.interrupted(settings.store(), attempted, e);
        }
        try {
            if (closed) {
                throw new InvalidRequestException("The %s is closed".formatted(settings.store()));
            }
            CqlSession opened = session;
            if (opened == null) {
                opened = open(attempted);
                session = opened;
            }
            return opened;
        } finally {
            opening.unlock();
        }
    }

    private CqlSession open(String attempted) {
        ClusterSettings cluster = settings.cluster();
        CqlSessionBuilder builder = CqlSession.builder()
                .withConfigLoader(options(cluster))
                .withClassLoader(CqlSession.class.getClassLoader());
        cluster.secureBundle().ifPresent(builder::withCloudSecureConnectBundle);
        for (String host : cluster.hosts()) {
            builder.addContactPoint(new InetSocketAddress(host, cluster.port()));
        }
        if (cluster.username().isPresent() && cluster.password().isPresent()) {
            builder.withAuthCredentials(
                    cluster.username().get(), cluster.password().get().reveal());
        }
        try {
            return builder.build();
        } catch (DriverException | IllegalArgumentException | IllegalStateException e) {
            throw Failures.of(settings.store(), attempted, e);
        }
    }

    private DriverConfigLoader options(ClusterSettings cluster) {
        ProgrammaticDriverConfigLoaderBuilder options = DriverConfigLoader.programmaticBuilder(
                        CqlSession.class.getClassLoader())
                .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, CONNECT_TIMEOUT)
                .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, CONNECT_TIMEOUT)
                .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, CONNECT_TIMEOUT)
                .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, FIRST_RECONNECT)
                .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, RECONNECTS_WITHIN)
                // Nothing is asked of a session that is closing; the driver would wait two seconds for it.
                .withString(DefaultDriverOption.NETTY_IO_SHUTDOWN_UNIT, TimeUnit.MILLISECONDS.name())
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, QUIET_MILLIS)
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_TIMEOUT, SHUTDOWN_MILLIS)
                .withString(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_UNIT, TimeUnit.MILLISECONDS.name())
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, QUIET_MILLIS)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_TIMEOUT, SHUTDOWN_MILLIS)
                // The driver waits as long for more changes before it acknowledges one of ours.
                .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, SCHEMA_WINDOW)
                // Native calls would give microseconds to stamps that Paxos gives itself.
                .withBoolean(DefaultDriverOption.TIMESTAMP_GENERATOR_FORCE_JAVA_CLOCK, true)
                .withStringList(DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES, List.of(settings.keyspace()))
                .withString(
                        DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY,
                        cluster.serialConsistency().name());
        cluster.protocolVersion()
                .ifPresent(version -> options.withString(DefaultDriverOption.PROTOCOL_VERSION, "V" + version));
        cluster.tls().ifPresent(tls -> tls(options, tls));
        profile(options, cluster.requestTimeout(), cluster.readConsistency(), cluster.readDatacenter());
        options.startProfile(READ);
        profile(options, cluster.requestTimeout(), cluster.readConsistency(), cluster.readDatacenter());
        options.endProfile().startProfile(WRITE);
        profile(options, cluster.requestTimeout(), cluster.writeConsistency(), cluster.writeDatacenter());
        options.endProfile().startProfile(SLOW);
        profile(options, SLOW_TIMEOUT, cluster.writeConsistency(), cluster.writeDatacenter());
        return options.endProfile().build();
    }

    private static void profile(
            ProgrammaticDriverConfigLoaderBuilder options,
            Duration timeout,
            Consistency consistency,
            Optional<String> datacenter) {
        options.withDuration(DefaultDriverOption.REQUEST_TIMEOUT, timeout)
                .withString(DefaultDriverOption.REQUEST_CONSISTENCY, consistency.name())
                .withString(
                        DefaultDriverOption.LOAD_BALANCING_POLICY_CLASS,
                        datacenter.isPresent() ? "DefaultLoadBalancingPolicy" : "DcInferringLoadBalancingPolicy");
        datacenter.ifPresent(name -> options.withString(DefaultDriverOption.LOAD_BALANCING_LOCAL_DATACENTER, name));
    }

    private static void tls(ProgrammaticDriverConfigLoaderBuilder options, Tls tls) {
        options.withString(DefaultDriverOption.SSL_ENGINE_FACTORY_CLASS, "DefaultSslEngineFactory")
                .withBoolean(DefaultDriverOption.SSL_HOSTNAME_VALIDATION, tls.verifyHostname());
        file(options, DefaultDriverOption.SSL_TRUSTSTORE_PATH, tls.truststore());
        password(options, DefaultDriverOption.SSL_TRUSTSTORE_PASSWORD, tls.truststorePassword());
        file(options, DefaultDriverOption.SSL_KEYSTORE_PATH, tls.keystore());
        password(options, DefaultDriverOption.SSL_KEYSTORE_PASSWORD, tls.keystorePassword());
    }

    private static void file(
            ProgrammaticDriverConfigLoaderBuilder options, DefaultDriverOption option, Optional<Path> file) {
        file.ifPresent(path -> options.withString(option, path.toString()));
    }

    private static void password(
            ProgrammaticDriverConfigLoaderBuilder options, DefaultDriverOption option, Optional<Secret> password) {
        password.ifPresent(secret -> options.withString(option, secret.reveal()));
    }

    /** The level a row's state is read at when the outcome of a conditional write has to be seen. */
    ConsistencyLevel serial() {
        return switch (settings.cluster().serialConsistency()) {
            case SERIAL -> ConsistencyLevel.SERIAL;
            case LOCAL_SERIAL -> ConsistencyLevel.LOCAL_SERIAL;
        };
    }

    @Override
    public void close() {
        opening.lock();
        try {
            closed = true;
            CqlSession open = session;
            session = null;
            if (open != null) {
                open.close();
            }
        } finally {
            opening.unlock();
        }
    }
}
