package dev.manciple.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import dev.manciple.cassandra.server.CassandraServer;
import dev.manciple.cassandra.server.SharedCassandra;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** An empty keyspace of the shared server, dropped in the end, and a session of the driver's own beside the store's. */
public final class TestKeyspace implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** One for all tests: connecting takes longer than most of them. */
    private static final class Admin {
        static final CqlSession SESSION = connect(SharedCassandra.get());
    }

    private final String name = "test_" + NUMBER.incrementAndGet();

    public TestKeyspace() {
        create(Admin.SESSION, name);
    }

    static CqlSession connect(CassandraServer server) {
        return CqlSession.builder()
                .addContactPoint(server.address())
                .withLocalDatacenter(CassandraServer.DATACENTER)
                .withAuthCredentials(CassandraServer.USER, CassandraServer.PASSWORD)
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(60))
                        .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(30))
                        .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                        .build())
                .build();
    }

    static void create(CqlSession session, String keyspace) {
        session.execute(
                "CREATE KEYSPACE %s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1} AND durable_writes = false"
                        .formatted(keyspace));
    }

    public String name() {
        return name;
    }

    CqlSession session() {
        return Admin.SESSION;
    }

    /** What a user writes to reach the keyspace; works for both kinds of store. */
    public Map<String, Object> options() {
        return Map.of(
                "hosts",
                List.of("127.0.0.1"),
                "port",
                SharedCassandra.get().port(),
                "keyspace",
                name,
                "username",
                CassandraServer.USER,
                "password",
                CassandraServer.PASSWORD);
    }

    /** Does not wait: dropping takes the server longer than most tests, and the next test has another keyspace. */
    @Override
    public void close() {
        Admin.SESSION.executeAsync("DROP KEYSPACE " + name);
    }
}
