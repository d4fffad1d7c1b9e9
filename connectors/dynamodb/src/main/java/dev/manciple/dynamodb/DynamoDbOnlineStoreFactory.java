package dev.manciple.dynamodb;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes the store Feast calls {@code dynamodb}. */
final class DynamoDbOnlineStoreFactory implements OnlineStoreFactory<DynamoDbConfig> {
    @Override
    public String type() {
        return "dynamodb";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("feast.infra.online_stores.dynamodb.DynamoDBOnlineStore");
    }

    @Override
    public Class<DynamoDbConfig> configType() {
        return DynamoDbConfig.class;
    }

    @Override
    public OnlineStore create(DynamoDbConfig config, StoreContext context) {
        return new DynamoDbOnlineStore(config, context);
    }
}
