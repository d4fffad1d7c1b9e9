package dev.manciple.benchmarks;

import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.rows.EventText;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;

/** The SDK's client: a conditional put per row, fifty at once; a batch of gets. */
final class RawDynamoDb implements RawStore {
    static final String REGION = "eu-central-1";

    private static final int AT_ONCE = 50;

    private final DynamoDbClient client;

    RawDynamoDb(int port) {
        this.client = DynamoDbClient.builder()
                .region(Region.of(REGION))
                .endpointOverride(URI.create("http://127.0.0.1:" + port))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .httpClientBuilder(Apache5HttpClient.builder().maxConnections(AT_ONCE))
                .build();
    }

    @Override
    public Usage.Work writing(FeatureView view, List<OnlineRow> rows, int batch) {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        List<PutItemRequest> puts = rows.stream()
                .map(row -> put(view, EntityKeyCodec.entityId(keys.encode(row.key())), row))
                .toList();
        return () -> SideBySide.run(AT_ONCE, puts, client::putItem);
    }

    private static PutItemRequest put(FeatureView view, String id, OnlineRow row) {
        List<byte[]> values = RawStore.values(view, row);
        Map<String, AttributeValue> features = HashMap.newHashMap(values.size());
        for (int i = 0; i < values.size(); i++) {
            features.put(
                    view.features().get(i).name(), AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(values.get(i))));
        }
        AttributeValue event = AttributeValue.fromS(EventText.PRINTED.of(row.eventTime()));
        return PutItemRequest.builder()
                .tableName(table(view))
                .item(Map.of(
                        "entity_id",
                        AttributeValue.fromS(id),
                        "event_ts",
                        event,
                        "values",
                        AttributeValue.fromM(features)))
                .conditionExpression("attribute_not_exists(event_ts) OR event_ts <= :event")
                .expressionAttributeValues(Map.of(":event", event))
                .build();
    }

    @Override
    public Usage.Work reading(FeatureView view, List<EntityKey> keys) {
        EntityKeyCodec codec = EntityKeyCodec.of(view.entityColumns());
        List<Map<String, AttributeValue>> ids = keys.stream()
                .map(key -> Map.of("entity_id", AttributeValue.fromS(EntityKeyCodec.entityId(codec.encode(key)))))
                .toList();
        Map<String, KeysAndAttributes> request =
                Map.of(table(view), KeysAndAttributes.builder().keys(ids).build());
        return () -> {
            long found = client.batchGetItem(get -> get.requestItems(request)).responses().values().stream()
                    .flatMap(List::stream)
                    .flatMap(item -> item.values().stream())
                    .mapToLong(attribute -> attribute.m().size())
                    .sum();
            RawStore.require(found, view, keys);
        };
    }

    private static String table(FeatureView view) {
        return Project.NAME + "." + view.name();
    }

    @Override
    public void close() {
        client.close();
    }
}
