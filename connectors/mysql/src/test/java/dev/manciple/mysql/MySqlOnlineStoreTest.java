package dev.manciple.mysql;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import dev.manciple.wire.EntityKeyCodec;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract over MariaDB, which stands in for MySQL. */
class MySqlOnlineStoreTest extends OnlineStoreContract {
    @RegisterExtension
    static final WithServer SHARED = new WithServer();

    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        SHARED.server().empty();
        return new MySqlFixture(SHARED.server());
    }

    private record MySqlFixture(TestServer server) implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            return new MySqlOnlineStore(server.config(), context);
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
        public boolean storesTimesBefore1970() {
            return false;
        }

        @Override
        public boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
            server.execute("UPDATE %s.%s SET value = x'ff' WHERE entity_key = '%s' AND feature_name = '%s'"
                    .formatted(
                            TestServer.DATABASE,
                            Table.of(project, view).quotedName(),
                            HexFormat.of()
                                    .formatHex(EntityKeyCodec.of(view.entityColumns())
                                            .encode(key)),
                            feature.name()));
            return true;
        }

        @Override
        public void close() {
            // The next fixture empties the server.
        }
    }
}
