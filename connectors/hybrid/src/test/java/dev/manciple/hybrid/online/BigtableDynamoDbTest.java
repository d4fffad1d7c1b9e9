package dev.manciple.hybrid.online;

import dev.manciple.servers.RunningServer;
import dev.manciple.servers.Servers;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Bigtable's emulator and DynamoDB Local side by side. Views whose names have an odd number of letters live in Bigtable, as the kit's own
 * one does, whose emulator is the faster. Neither keeps more of a key than its hash.
 */
class BigtableDynamoDbTest extends OnlineStoreContract {
    private static final AtomicInteger FIXTURES = new AtomicInteger();

    private static RunningServer bigtable;
    private static RunningServer dynamodb;

    @BeforeAll
    static void start() throws Exception {
        bigtable = Servers.bigtable();
        dynamodb = Servers.dynamodb(Path.of("target", "dynamodb"));
    }

    @AfterAll
    static void stop() throws IOException {
        bigtable.close();
        dynamodb.close();
    }

    /** Each has an instance, and tables, of its own; both servers forget them when they stop. */
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new TwoServices(bigtable.port(), dynamodb.port(), "test" + FIXTURES.incrementAndGet());
    }

    private record TwoServices(int bigtablePort, int dynamodbPort, String name) implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            Map<String, Object> bigtable = Map.of(
                    "type",
                    "bigtable",
                    "project_id",
                    "test",
                    "instance",
                    name,
                    "emulator",
                    "127.0.0.1:" + bigtablePort);
            Map<String, Object> dynamodb = Map.of(
                    "type",
                    "dynamodb",
                    "endpoint_url",
                    "http://127.0.0.1:" + dynamodbPort,
                    "region",
                    "eu-central-1",
                    "access_key_id",
                    "test",
                    "secret_access_key",
                    "test",
                    "consistent_reads",
                    true,
                    "table_name_template",
                    name + ".{project}.{table_name}");
            Map<String, Object> options =
                    Map.of("routing_tag", "team", "deadline", "1m", "online_stores", List.of(bigtable, dynamodb));
            return new TaggedStore(
                    RouterContext.of(context).open(new StoreConfig("hybrid", options)),
                    view -> Map.of("team", view.name().length() % 2 == 0 ? "dynamodb" : "bigtable"));
        }

        @Override
        public Set<OnlineCapability> expectedCapabilities() {
            return Set.of(OnlineCapability.NEWEST_WINS, OnlineCapability.DELETE_ROWS);
        }

        @Override
        public void close() {
            // The servers forget.
        }
    }
}
