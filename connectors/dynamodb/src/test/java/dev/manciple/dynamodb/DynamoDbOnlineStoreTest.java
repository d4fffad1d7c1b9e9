package dev.manciple.dynamodb;

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
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class DynamoDbOnlineStoreTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new Fixture(new TestTables());
    }

    private record Fixture(TestTables tables) implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            // The kit reads what it has just written, also where the service would need a moment.
            return tables.store(context, Map.of("consistent_reads", true));
        }

        @Override
        public Set<OnlineCapability> expectedCapabilities() {
            return Set.of(OnlineCapability.NEWEST_WINS, OnlineCapability.DELETE_ROWS);
        }

        @Override
        public boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
            String id = EntityKeyCodec.entityId(
                    EntityKeyCodec.of(view.entityColumns()).encode(key));
            tables.client()
                    .updateItem(update -> update.tableName(tables.table(project + "." + view.name()))
                            .key(Map.of(Item.ID, Item.text(id)))
                            .updateExpression("SET #values.#f = :v")
                            .expressionAttributeNames(Map.of("#values", Item.VALUES, "#f", feature.name()))
                            .expressionAttributeValues(Map.of(
                                    ":v", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {-1, -1, -1})))));
            return true;
        }

        @Override
        public void close() {
            tables.close();
        }
    }
}
