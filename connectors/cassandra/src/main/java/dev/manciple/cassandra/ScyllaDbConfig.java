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

/**
 * The options of the ScyllaDB online store: Feast's, and ours from {@code replicationFactor} on.
 *
 * @param hosts the nodes to start with
 * @param localDc the data center requests go to; that of {@code hosts} where absent
 * @param requestTimeout seconds a request may take
 * @param readConcurrency requests of reads in flight at once; more wait
 * @param writeConcurrency rows being written at once; more wait
 * @param vectorSimilarityFunction Feast's default of vector indexes, which only Feast makes
 * @param replicationFactor copies of each row, if the keyspace is missing and has to be made
 */
record ScyllaDbConfig(
        List<String> hosts,
        @Default("9042") int port,
        @Default("feast_keyspace") String keyspace,
        Optional<String> username,
        Optional<Secret> password,
        Optional<String> localDc,
        @Default("10") double requestTimeout,
        @Default("100") int readConcurrency,
        @Default("100") int writeConcurrency,
        @Default("cosine") Similarity vectorSimilarityFunction,
        @Default("3") int replicationFactor,
        @Default("serial") SerialConsistency serialConsistency,
        Optional<Tls> tls) {
    /** Feast's names for the distances of a vector index. */
    enum Similarity {
        COSINE,
        DOT_PRODUCT,
        EUCLIDEAN
    }

    ScyllaDbConfig {
        Check.that(!hosts.isEmpty(), "hosts", "must name a node");
        ClusterSettings.checkPort(port);
        StoreSettings.checkKeyspace(keyspace);
        ClusterSettings.checkCredentials(username, password);
        ClusterSettings.checkTimeout(requestTimeout);
        StoreSettings.checkConcurrency(readConcurrency, writeConcurrency);
        Check.that(replicationFactor > 0, "replication_factor", "must be at least 1, was %s", replicationFactor);
    }

    StoreSettings settings(Path repoPath) {
        ClusterSettings cluster = new ClusterSettings(
                hosts,
                port,
                Optional.empty(),
                username,
                password,
                Optional.empty(),
                Duration.ofMillis(Math.round(requestTimeout * 1000)),
                localDc,
                localDc,
                Consistency.LOCAL_QUORUM,
                Consistency.LOCAL_QUORUM,
                serialConsistency,
                tls.map(with -> with.startingAt(repoPath)));
        return new StoreSettings(
                "scylladb",
                cluster,
                keyspace,
                OptionalInt.of(replicationFactor),
                Layout.SCYLLADB,
                NewestWins.LWT,
                true,
                readConcurrency,
                writeConcurrency);
    }
}
