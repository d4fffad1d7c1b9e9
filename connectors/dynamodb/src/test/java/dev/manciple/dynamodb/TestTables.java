package dev.manciple.dynamodb;

import dev.manciple.dynamodb.server.DynamoDbServer;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Tables of the shared server under names of their own, deleted in the end, and a client of the SDK's beside the store's. */
public final class TestTables implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String prefix = "test" + NUMBER.incrementAndGet() + ".";
    private final DynamoDbClient client = Clients.of(bind(options()));

    /** What a user writes to reach the tables. */
    public Map<String, Object> options() {
        return options(DynamoDbServer.shared(), prefix);
    }

    static Map<String, Object> options(DynamoDbServer server, String prefix) {
        return Map.of(
                "endpoint_url",
                server.endpoint().toString(),
                "region",
                "eu-central-1",
                "access_key_id",
                "test",
                "secret_access_key",
                "test",
                "table_name_template",
                prefix + "{project}.{table_name}");
    }

    static DynamoDbConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("online_store", DynamoDbConfig.class, options);
    }

    OnlineStore store(StoreContext context, Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(options());
        all.putAll(more);
        return new DynamoDbOnlineStoreFactory().create(bind(all), context);
    }

    DynamoDbClient client() {
        return client;
    }

    /** The name of a table of Feast's default template, as it is called here. */
    String table(String name) {
        return prefix + name;
    }

    @Override
    public void close() {
        client.listTablesPaginator().tableNames().stream()
                .filter(name -> name.startsWith(prefix))
                .forEach(name -> client.deleteTable(delete -> delete.tableName(name)));
        client.close();
    }
}
