package dev.manciple.sqlite;

import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

class SqliteOnlineStoreTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new SqliteFixture(emptyFolder.resolve("online.db"));
    }

    private record SqliteFixture(Path file) implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            return new SqliteOnlineStore(
                    new SqliteConfig(file.toString(), false, false, false, "cosine", Duration.ofSeconds(30), 16),
                    context);
        }

        @Override
        public Set<OnlineCapability> expectedCapabilities() {
            return EnumSet.of(
                    OnlineCapability.NEWEST_WINS,
                    OnlineCapability.KEEPS_CREATED,
                    OnlineCapability.DELETE_ROWS,
                    OnlineCapability.SCAN);
        }

        @Override
        public void close() {
            // The kit deletes the folder.
        }
    }
}
