package dev.manciple.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.cassandra.CassandraConfig.Datacenter;
import dev.manciple.cassandra.CassandraConfig.LoadBalancing;
import dev.manciple.cassandra.CassandraConfig.Routing;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.config.Secret;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CassandraConfigTest {
    private static CassandraConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("online_store", CassandraConfig.class, options);
    }

    @Test
    void hasFeastsDefaults() {
        assertThat(bind(Map.of("hosts", List.of("a", "b"))))
                .isEqualTo(new CassandraConfig(
                        List.of("a", "b"),
                        Optional.empty(),
                        9042,
                        "feast_keyspace",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        10,
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        100,
                        100,
                        NewestWins.LWT,
                        Consistency.LOCAL_QUORUM,
                        Consistency.LOCAL_QUORUM,
                        SerialConsistency.SERIAL,
                        false,
                        Optional.empty()));
    }

    @Test
    void takesEveryKey() {
        Map<String, Object> options = new HashMap<>(Map.of(
                "port",
                9142,
                "keyspace",
                "ks",
                "username",
                "u",
                "password",
                "s3cret",
                "protocol_version",
                4,
                "request_timeout",
                2.5,
                "datacenters",
                List.of(
                        Map.of("name", "east", "hosts", List.of("e1"), "replication_factor", 3),
                        Map.of("name", "west", "hosts", List.of("w1"), "replication_strategy", "SimpleStrategy")),
                "routing",
                Map.of("read_dc", "west", "write_dc", "east"),
                "load_balancing",
                Map.of("load_balancing_policy", "DCAwareRoundRobinPolicy", "local_dc", "west"),
                "read_concurrency",
                7));
        options.putAll(Map.of(
                "write_concurrency",
                8,
                "newest_wins",
                "timestamp",
                "read_consistency",
                "one",
                "write_consistency",
                "quorum",
                "serial_consistency",
                "local_serial",
                "tls",
                Map.of("truststore", "trust.p12", "truststore_password", "t", "verify_hostname", false)));
        CassandraConfig config = bind(options);
        assertThat(config)
                .isEqualTo(new CassandraConfig(
                        List.of(),
                        Optional.empty(),
                        9142,
                        "ks",
                        Optional.of("u"),
                        Optional.of(new Secret("s3cret")),
                        Optional.of(4),
                        2.5,
                        List.of(
                                new Datacenter("east", List.of("e1"), Optional.of(3), Optional.empty()),
                                new Datacenter("west", List.of("w1"), Optional.empty(), Optional.of("SimpleStrategy"))),
                        Optional.of(new Routing(Optional.of("west"), Optional.of("east"))),
                        Optional.of(new LoadBalancing("DCAwareRoundRobinPolicy", "west")),
                        7,
                        8,
                        NewestWins.TIMESTAMP,
                        Consistency.ONE,
                        Consistency.QUORUM,
                        SerialConsistency.LOCAL_SERIAL,
                        false,
                        Optional.of(new Tls(
                                Optional.of(Path.of("trust.p12")),
                                Optional.of(new Secret("t")),
                                Optional.empty(),
                                Optional.empty(),
                                false))));
        assertThat(config.toString()).doesNotContain("s3cret");
        ClusterSettings cluster = config.settings(Path.of("/repo")).cluster();
        assertThat(cluster.hosts()).containsExactly("e1", "w1");
        assertThat(cluster.readDatacenter()).contains("west");
        assertThat(cluster.writeDatacenter()).contains("east");
        assertThat(cluster.tls().flatMap(Tls::truststore)).contains(Path.of("/repo/trust.p12"));
    }

    @Test
    void takesOneWayToReachTheCluster() {
        assertThatThrownBy(() -> bind(Map.of())).hasMessageContaining("hosts").hasMessageContaining("only one");
        assertThatThrownBy(() -> bind(Map.of("hosts", List.of("a"), "secure_bundle_path", "b.zip")))
                .hasMessageContaining("only one");
        assertThat(bind(Map.of("secure_bundle_path", "b.zip"))
                        .settings(Path.of("/repo"))
                        .cluster()
                        .secureBundle())
                .contains(Path.of("/repo/b.zip"));
    }

    @ParameterizedTest
    @CsvSource({
        "keyspace, no-such, keyspace",
        "port, 0, port",
        "request_timeout, 0, request_timeout",
        "username, somebody, password",
        "read_concurrency, 0, read_concurrency",
        "newest_wins, sometimes, newest_wins"
    })
    void refusesMistakes(String key, String value, String named) {
        assertThatThrownBy(() -> bind(Map.of("hosts", List.of("a"), key, value)))
                .hasMessageContaining(named);
    }

    @Test
    void refusesPoliciesOfAnotherDriver() {
        assertThatThrownBy(() -> bind(Map.of(
                        "hosts",
                        List.of("a"),
                        "load_balancing",
                        Map.of("load_balancing_policy", "WhiteListRoundRobin"))))
                .hasMessageContaining("TokenAwarePolicy(DCAwareRoundRobinPolicy)")
                .hasMessageContaining("WhiteListRoundRobin");
    }

    @Test
    void letsRowsExpireUnderConditionalWritesOnly() {
        assertThatThrownBy(() -> bind(Map.of("hosts", List.of("a"), "expire_rows", true, "newest_wins", "timestamp")))
                .hasMessageContaining("expire_rows")
                .hasMessageContaining("lwt");
    }

    @Test
    void takesScyllaDbsKeys() {
        Map<String, Object> options = Map.of(
                "hosts",
                List.of("s1"),
                "port",
                9142,
                "keyspace",
                "ks",
                "local_dc",
                "dc",
                "request_timeout",
                3,
                "read_concurrency",
                5,
                "write_concurrency",
                6,
                "vector_similarity_function",
                "DOT_PRODUCT",
                "replication_factor",
                2,
                "serial_consistency",
                "local_serial");
        assertThat(new ConfigBinder().bind("online_store", ScyllaDbConfig.class, options))
                .isEqualTo(new ScyllaDbConfig(
                        List.of("s1"),
                        9142,
                        "ks",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("dc"),
                        3,
                        5,
                        6,
                        ScyllaDbConfig.Similarity.DOT_PRODUCT,
                        2,
                        SerialConsistency.LOCAL_SERIAL,
                        Optional.empty()));
        assertThatThrownBy(() -> new ConfigBinder().bind("online_store", ScyllaDbConfig.class, Map.of()))
                .hasMessageContaining("hosts");
    }
}
