package dev.manciple.sqlite;

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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
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
                    OnlineCapability.SCAN,
                    OnlineCapability.VECTOR_SEARCH);
        }

        @Override
        public boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
            String sql = "UPDATE %s SET value = x'ff' WHERE entity_key = ? AND feature_name = ?"
                    .formatted(new Table(project + "_" + view.name()).quotedName());
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
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
            // The kit deletes the folder.
        }
    }
}
