package dev.manciple.cassandra;

import dev.manciple.spi.OnlineCapability;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The kit over ScyllaDB's table shape, on a Cassandra server. */
class ScyllaDbTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new CassandraFixture<>(
                new TestKeyspace(),
                new ScyllaDbOnlineStoreFactory(),
                Map.of(),
                Set.of(
                        OnlineCapability.NEWEST_WINS,
                        OnlineCapability.KEEPS_CREATED,
                        OnlineCapability.EXPIRES_ROWS,
                        OnlineCapability.DELETE_ROWS,
                        OnlineCapability.SCAN));
    }
}
