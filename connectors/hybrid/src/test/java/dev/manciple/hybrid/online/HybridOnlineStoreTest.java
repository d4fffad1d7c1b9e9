package dev.manciple.hybrid.online;

import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Two SQLite files side by side keep all promises one keeps; views go to them by turns of their names' lengths. */
class HybridOnlineStoreTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new TwoFiles();
    }

    private record TwoFiles() implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            Map<String, Object> options = Map.of(
                    "routing_tag",
                    "team",
                    "online_stores",
                    List.of(
                            Map.of("name", "even", "type", "sqlite", "path", "even.db"),
                            Map.of("name", "odd", "type", "sqlite", "conf", Map.of("path", "odd.db"))));
            return new TaggedStore(
                    RouterContext.of(context).open(new StoreConfig("hybrid", options)),
                    view -> Map.of("team", view.name().length() % 2 == 0 ? "even" : "odd"));
        }

        @Override
        public Set<OnlineCapability> expectedCapabilities() {
            return EnumSet.of(
                    OnlineCapability.NEWEST_WINS,
                    OnlineCapability.KEEPS_CREATED,
                    OnlineCapability.DELETE_ROWS,
                    OnlineCapability.SCAN,
                    OnlineCapability.VECTOR_SEARCH);
        }

        @Override
        public void close() {
            // The kit deletes the folder.
        }
    }
}
