package dev.manciple.cassandra;

import dev.manciple.spi.OnlineCapability;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The kit over {@code newest_wins: timestamp}. */
class StampingCassandraTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new CassandraFixture<>(
                new TestKeyspace(),
                new CassandraOnlineStoreFactory(),
                Map.of("newest_wins", "timestamp"),
                Set.of(OnlineCapability.NEWEST_WINS, OnlineCapability.DELETE_ROWS, OnlineCapability.SCAN));
    }
}
