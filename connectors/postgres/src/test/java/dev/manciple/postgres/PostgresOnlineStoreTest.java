package dev.manciple.postgres;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import dev.manciple.wire.EntityKeyCodec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

class PostgresOnlineStoreTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        TestServer server = TestServer.shared();
        return new SchemaFixture(server, server.createSchema());
    }

    private record SchemaFixture(TestServer server, String schema) implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            Map<String, Object> options = server.options(schema);
            options.put("max_conn", 20);
            return new PostgresOnlineStore(
                    new ConfigBinder().bind("test", PostgresOnlineConfig.class, options), context);
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
        public boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
            String sql = "UPDATE %s SET value = '\\xff' WHERE entity_key = ? AND feature_name = ?"
                    .formatted(
                            new OnlineTable(schema, project, view).qualified().text());
            try (Connection connection = server.connect();
                    PreparedStatement update = connection.prepareStatement(sql)) {
                update.setBytes(1, EntityKeyCodec.of(view.entityColumns()).encode(key));
                update.setString(2, feature.name());
                return update.executeUpdate() == 1;
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            server.dropSchema(schema);
        }
    }
}
