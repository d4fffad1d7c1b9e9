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

/** A router that is a child of a router: views live in one of three files, by the lengths of their names. */
class NestedHybridOnlineStoreTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new ThreeFiles();
    }

    private record ThreeFiles() implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            Map<String, Object> inner = Map.of(
                    "name",
                    "inside",
                    "type",
                    "hybrid",
                    "conf",
                    Map.of(
                            "routing_tag",
                            "tier",
                            "online_stores",
                            List.of(
                                    Map.of("name", "hot", "type", "sqlite", "path", "hot.db"),
                                    Map.of("name", "cold", "type", "sqlite", "path", "cold.db"))));
            Map<String, Object> options = Map.of(
                    "default",
                    "outside",
                    "online_stores",
                    List.of(inner, Map.of("name", "outside", "type", "sqlite", "path", "outside.db")));
            return new TaggedStore(
                    RouterContext.of(context).open(new StoreConfig("hybrid", options)),
                    view -> switch (view.name().length() % 3) {
                        case 0 -> Map.of("tribe", "inside", "tier", "hot");
                        case 1 -> Map.of("tribe", "Inside", "tier", "cold");
                        default -> Map.of();
                    });
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
