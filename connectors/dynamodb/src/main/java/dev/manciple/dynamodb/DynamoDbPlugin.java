package dev.manciple.dynamodb;

import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** Offers the online store in DynamoDB. */
public final class DynamoDbPlugin implements Plugin {
    @Override
    public List<OnlineStoreFactory<?>> onlineStores() {
        return List.of(new DynamoDbOnlineStoreFactory());
    }
}
