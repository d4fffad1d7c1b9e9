package dev.manciple.dynamodb;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.Tag;

/**
 * Creates, tags and deletes tables. An item of our own in each says whose it is: Feast's template joins project and view by a
 * dot, and both may have dots, so that two views can come to share a name. No hash of a key is like that item's.
 */
final class Tables {
    /** The {@link Item#ID} of the item that says whose table it is. */
    static final String OWNER = "manciple:owner";

    private static final String PROJECT = "project";
    private static final String VIEW = "feature_view";

    private final DynamoDbClient client;
    private final DynamoDbConfig config;
    private final String project;

    Tables(DynamoDbClient client, DynamoDbConfig config, String project) {
        this.client = client;
        this.config = config;
        this.project = project;
    }

    String name(FeatureView view) {
        return TableName.of(config.tableNameTemplate(), project, view);
    }

    /** Whose table it is, as far as it says so. */
    private record Owner(String project, String view) {}

    /** @throws InvalidRequestException if the table belongs to another view */
    boolean exists(FeatureView view) {
        Optional<Owner> owner = owner(view);
        owner.filter(other -> !other.equals(mine(view))).ifPresent(other -> {
            throw new InvalidRequestException(
                    """
                    View '%s' of project '%s' and view '%s' of project '%s' would share the table '%s' of the %s. Rename one of \
                    them, or tell them apart by table_name_template\
                    """.formatted(view.name(), project, other.view(), other.project(), name(view), config.store()));
        });
        return owner.isPresent();
    }

    /** Whether the table is there and not another's. */
    boolean mayDelete(FeatureView view) {
        return owner(view).filter(mine(view)::equals).isPresent();
    }

    private Owner mine(FeatureView view) {
        return new Owner(project, view.name());
    }

    /** Tables that Feast made say nothing, and are taken at their name. Empty if there is no table. */
    private Optional<Owner> owner(FeatureView view) {
        try {
            Map<String, AttributeValue> item = client.getItem(
                            get -> get.tableName(name(view)).key(ownerKey()).consistentRead(true))
                    .item();
            AttributeValue itsProject = item.get(PROJECT);
            AttributeValue itsView = item.get(VIEW);
            return Optional.of(
                    itsProject == null || itsView == null
                            ? mine(view)
                            : new Owner(String.valueOf(itsProject.s()), String.valueOf(itsView.s())));
        } catch (ResourceNotFoundException e) {
            return Optional.empty();
        }
    }

    private static Map<String, AttributeValue> ownerKey() {
        return Map.of(Item.ID, Item.text(OWNER));
    }

    /** Creates the table if it is missing, waits until it can be used, and gives it the tags that are wanted. */
    void create(FeatureView view) {
        Map<String, String> tags = new HashMap<>(config.tags());
        tags.putAll(view.about().tags());
        if (exists(view)) {
            tag(name(view), tags);
            return;
        }
        String name = name(view);
        CreateTableRequest.Builder request = CreateTableRequest.builder()
                .tableName(name)
                .attributeDefinitions(AttributeDefinition.builder()
                        .attributeName(Item.ID)
                        .attributeType(ScalarAttributeType.S)
                        .build())
                .keySchema(KeySchemaElement.builder()
                        .attributeName(Item.ID)
                        .keyType(KeyType.HASH)
                        .build())
                .billingMode(BillingMode.PAY_PER_REQUEST);
        if (!tags.isEmpty()) {
            request.tags(list(tags));
        }
        try {
            client.createTable(request.build());
        } catch (ResourceInUseException e) {
            // Somebody else is creating it; the owner's item below tells who.
        }
        client.waiter().waitUntilTableExists(describe -> describe.tableName(name));
        claim(view);
    }

    private void claim(FeatureView view) {
        Map<String, AttributeValue> item = new HashMap<>(ownerKey());
        item.put(PROJECT, Item.text(project));
        item.put(VIEW, Item.text(view.name()));
        try {
            client.putItem(put -> put.tableName(name(view))
                    .item(item)
                    .conditionExpression("attribute_not_exists(#id)")
                    .expressionAttributeNames(Map.of("#id", Item.ID)));
        } catch (ConditionalCheckFailedException e) {
            exists(view);
        }
    }

    /** As in Feast, whoever may not tag may still use the table. */
    private void tag(String table, Map<String, String> tags) {
        if (tags.isEmpty()) {
            return;
        }
        try {
            String arn = client.describeTable(describe -> describe.tableName(table))
                    .table()
                    .tableArn();
            client.tagResource(tag -> tag.resourceArn(arn).tags(list(tags)));
        } catch (DynamoDbException e) {
            System.getLogger(Tables.class.getName())
                    .log(System.Logger.Level.WARNING, "Table {0} cannot be tagged: {1}", table, e.getMessage());
        }
    }

    private static List<Tag> list(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }

    /** Deletes the table if it is there and not another's, and waits until its name can be used again. */
    void delete(FeatureView view) {
        if (!mayDelete(view)) {
            return;
        }
        String name = name(view);
        try {
            client.deleteTable(delete -> delete.tableName(name));
        } catch (ResourceNotFoundException e) {
            // Somebody else deleted it.
            return;
        }
        client.waiter().waitUntilTableNotExists(describe -> describe.tableName(name));
    }
}
