package dev.manciple.cassandra;

import dev.manciple.cassandra.StoreSettings.Layout;
import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The options of the Cassandra online store: Feast's, and ours from {@code newestWins} on.
 *
 * @param hosts the nodes to start with; exactly one of this, {@code secureBundlePath} and {@code datacenters} is given
 * @param secureBundlePath Astra's bundle, relative to the repository
 * @param protocolVersion the native protocol's; negotiated where absent
 * @param requestTimeout seconds a request may take
 * @param datacenters nodes by data center
 * @param routing which data center reads and which writes go to; the first where absent
 * @param loadBalancing Feast's policies are both the driver's one here, which knows tokens and the local data center
 * @param readConcurrency requests of reads in flight at once; more wait
 * @param writeConcurrency rows being written at once; more wait
 * @param expireRows whether rows are written with the view's TTL, so that Cassandra deletes them
 */
record CassandraConfig(
        @Default("") List<String> hosts,
        Optional<Path> secureBundlePath,
        @Default("9042") int port,
        @Default("feast_keyspace") String keyspace,
        Optional<String> username,
        Optional<Secret> password,
        Optional<Integer> protocolVersion,
        @Default("10") double requestTimeout,
        @Default("") List<Datacenter> datacenters,
        Optional<Routing> routing,
        Optional<LoadBalancing> loadBalancing,
        @Default("100") int readConcurrency,
        @Default("100") int writeConcurrency,
        @Default("lwt") NewestWins newestWins,
        @Default("local_quorum") Consistency readConsistency,
        @Default("local_quorum") Consistency writeConsistency,
        @Default("serial") SerialConsistency serialConsistency,
        @Default("false") boolean expireRows,
        Optional<Tls> tls) {
    private static final Set<String> POLICIES =
            Set.of("DCAwareRoundRobinPolicy", "TokenAwarePolicy(DCAwareRoundRobinPolicy)");

    /**
     * A data center and its nodes.
     *
     * @param replicationFactor Feast's; tells readers of the file, the keyspace has its own
     * @param replicationStrategy as {@code replicationFactor}
     */
    record Datacenter(
            String name,
            List<String> hosts,
            Optional<Integer> replicationFactor,
            Optional<String> replicationStrategy) {
        Datacenter {
            Check.that(!hosts.isEmpty(), "hosts", "must name a node");
        }
    }

    /** Data centers by what is asked of them. */
    record Routing(Optional<String> readDc, Optional<String> writeDc) {}

    /** Feast's choice of a policy of its driver. */
    record LoadBalancing(
            String loadBalancingPolicy,
            @Default("datacenter1") String localDc) {
        LoadBalancing {
            Check.that(
                    POLICIES.contains(loadBalancingPolicy),
                    "load_balancing_policy",
                    "must be DCAwareRoundRobinPolicy or TokenAwarePolicy(DCAwareRoundRobinPolicy), was %s",
                    loadBalancingPolicy);
        }
    }

    CassandraConfig {
        int given =
                (hosts.isEmpty() ? 0 : 1) + (secureBundlePath.isPresent() ? 1 : 0) + (datacenters.isEmpty() ? 0 : 1);
        Check.that(given == 1, "hosts", "or secure_bundle_path or datacenters must be given, and only one of them");
        ClusterSettings.checkPort(port);
        StoreSettings.checkKeyspace(keyspace);
        ClusterSettings.checkCredentials(username, password);
        ClusterSettings.checkTimeout(requestTimeout);
        StoreSettings.checkConcurrency(readConcurrency, writeConcurrency);
        List<String> names = datacenters.stream().map(Datacenter::name).toList();
        routing.ifPresent(to -> {
            checkKnown("routing.read_dc", to.readDc(), names);
            checkKnown("routing.write_dc", to.writeDc(), names);
        });
        Check.that(
                tls.isEmpty() || secureBundlePath.isEmpty(), "tls", "is in the secure bundle, and must not be given");
        Check.that(
                newestWins != NewestWins.TIMESTAMP || !expireRows,
                "expire_rows",
                "needs newest_wins: lwt: under timestamp, a row written again after it expired would be lost");
    }

    private static void checkKnown(String key, Optional<String> name, List<String> datacenters) {
        name.ifPresent(dc -> Check.that(
                datacenters.contains(dc),
                key,
                "must be the name of one of the datacenters %s, was %s",
                datacenters,
                dc));
    }

    StoreSettings settings(Path repoPath) {
        List<String> nodes = datacenters.isEmpty()
                ? hosts
                : datacenters.stream().flatMap(dc -> dc.hosts().stream()).toList();
        Optional<String> first = datacenters.stream().map(Datacenter::name).findFirst();
        Optional<String> local = loadBalancing.map(LoadBalancing::localDc).or(() -> first);
        ClusterSettings cluster = new ClusterSettings(
                nodes,
                port,
                secureBundlePath.map(repoPath::resolve),
                username,
                password,
                protocolVersion,
                Duration.ofMillis(Math.round(requestTimeout * 1000)),
                routing.flatMap(Routing::readDc).or(() -> local),
                routing.flatMap(Routing::writeDc).or(() -> local),
                readConsistency,
                writeConsistency,
                serialConsistency,
                tls.map(with -> with.startingAt(repoPath)));
        return new StoreSettings(
                "cassandra",
                cluster,
                keyspace,
                OptionalInt.empty(),
                Layout.CASSANDRA,
                newestWins,
                expireRows,
                readConcurrency,
                writeConcurrency);
    }
}
