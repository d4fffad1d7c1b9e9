package dev.manciple.dynamodb;

import dev.manciple.wire.rows.EntityWrite;
import dev.manciple.wire.rows.EntityWrite.Row;
import dev.manciple.wire.rows.EventText;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * Stores rows on the condition that no newer one is there, which the service decides atomically. The service compares texts, so
 * the condition holds only for texts of UTC; a row in another offset, which Feast never writes by itself, is compared here and
 * replaced if it is still the same.
 *
 * <p>A whole row replaces the item, as Feast's writes do. A row without some features changes an item in place; with more features
 * than an expression can name, it is put together with those of the item that was seen, which it replaces if that is still there.
 */
final class GuardedWriter {
    /** Each lost race means that somebody else's write succeeded. */
    private static final int ATTEMPTS = 50;

    private static final String NOT_NEWER = "(#event <= :event AND contains(#event, :utc))";
    private static final String SAME = "#event = :seen";

    private final DynamoDbClient client;

    GuardedWriter(DynamoDbClient client) {
        this.client = client;
    }

    void write(String table, EntityWrite<AttributeValue> entity) {
        for (Row<AttributeValue> row : entity.rows()) {
            write(table, entity.id(), row);
        }
    }

    private void write(String table, String id, Row<AttributeValue> row) {
        // Changing in place needs an item that is there; most rows are whole, and most items that are changed are
        // there.
        boolean replaces = row.whole();
        Optional<String> seen = Optional.empty();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Map<String, AttributeValue>> inTheWay =
                    replaces ? replace(table, id, row, seen) : change(table, id, row, seen);
            if (inTheWay.isEmpty()) {
                return;
            }
            Map<String, AttributeValue> item = inTheWay.get();
            if (item.isEmpty()) {
                replaces = true;
                seen = Optional.empty();
                continue;
            }
            String stored = text(item.get(Item.EVENT));
            if (EventText.isNewer(stored, row.event())) {
                return;
            }
            replaces = row.whole() || !item.containsKey(Item.VALUES);
            seen = Optional.of(stored);
        }
        throw new IllegalStateException(
                "other writers changed the item %s %d times in between".formatted(id, ATTEMPTS));
    }

    /** @return what is in the way; empty if the row was stored */
    private Optional<Map<String, AttributeValue>> replace(
            String table, String id, Row<AttributeValue> row, Optional<String> seen) {
        try {
            client.putItem(put -> put.tableName(table)
                    .item(item(id, row, row.values()))
                    .conditionExpression(seen.isPresent() ? SAME : "attribute_not_exists(#event) OR " + NOT_NEWER)
                    .expressionAttributeNames(Map.of("#event", Item.EVENT))
                    .expressionAttributeValues(bound(row, seen))
                    .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
            return Optional.empty();
        } catch (ConditionalCheckFailedException e) {
            return Optional.of(e.hasItem() ? e.item() : Map.of());
        }
    }

    /** @return what is in the way, or an empty item if there is none to change; empty if the row was stored */
    private Optional<Map<String, AttributeValue>> change(
            String table, String id, Row<AttributeValue> row, Optional<String> seen) {
        Map<String, String> names = new HashMap<>(Map.of("#event", Item.EVENT, "#values", Item.VALUES));
        Map<String, AttributeValue> bound = new HashMap<>(bound(row, seen));
        bound.put(":event", Item.text(row.event()));
        StringBuilder update = new StringBuilder("SET #event = :event");
        int i = 0;
        for (Map.Entry<String, AttributeValue> feature : row.values().entrySet()) {
            names.put("#f" + i, feature.getKey());
            bound.put(":v" + i, feature.getValue());
            update.append(", #values.#f%1$d = :v%1$d".formatted(i));
            i++;
        }
        if (update.length() > Item.LONGEST_EXPRESSION) {
            return merge(table, id, row);
        }
        try {
            client.updateItem(change -> change.tableName(table)
                    .key(Map.of(Item.ID, Item.text(id)))
                    .updateExpression(update.toString())
                    .conditionExpression("attribute_exists(#values) AND " + (seen.isPresent() ? SAME : NOT_NEWER))
                    .expressionAttributeNames(names)
                    .expressionAttributeValues(bound)
                    .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
            return Optional.empty();
        } catch (ConditionalCheckFailedException e) {
            return Optional.of(e.hasItem() ? e.item() : Map.of());
        }
    }

    /** @return as of {@link #change} */
    private Optional<Map<String, AttributeValue>> merge(String table, String id, Row<AttributeValue> row) {
        Map<String, AttributeValue> item = client.getItem(get ->
                        get.tableName(table).key(Map.of(Item.ID, Item.text(id))).consistentRead(true))
                .item();
        AttributeValue event = item.get(Item.EVENT);
        AttributeValue values = item.get(Item.VALUES);
        if (event == null || values == null || EventText.isNewer(text(event), row.event())) {
            return Optional.of(item);
        }
        Map<String, AttributeValue> merged = new HashMap<>(values.m());
        merged.putAll(row.values());
        try {
            client.putItem(put -> put.tableName(table)
                    .item(item(id, row, merged))
                    .conditionExpression(SAME + " AND #values = :values")
                    .expressionAttributeNames(Map.of("#event", Item.EVENT, "#values", Item.VALUES))
                    .expressionAttributeValues(Map.of(":seen", event, ":values", values))
                    .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
            return Optional.empty();
        } catch (ConditionalCheckFailedException e) {
            return Optional.of(e.hasItem() ? e.item() : Map.of());
        }
    }

    private static Map<String, AttributeValue> item(
            String id, Row<AttributeValue> row, Map<String, AttributeValue> values) {
        return Map.of(
                Item.ID, Item.text(id), Item.EVENT, Item.text(row.event()), Item.VALUES, AttributeValue.fromM(values));
    }

    private static Map<String, AttributeValue> bound(Row<AttributeValue> row, Optional<String> seen) {
        return seen.map(text -> Map.of(":seen", Item.text(text)))
                .orElseGet(() -> Map.of(":event", Item.text(row.event()), ":utc", Item.text(EventText.UTC)));
    }

    private static String text(@Nullable AttributeValue event) {
        return event == null || event.s() == null ? "" : event.s();
    }
}
