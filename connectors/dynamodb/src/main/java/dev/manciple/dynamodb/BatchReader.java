package dev.manciple.dynamodb;

import dev.manciple.wire.rows.Fanout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Reads items of several tables with as few requests as the service allows: keys of all tables share requests, which run side by
 * side. Keys the service left out are asked for again. Thread-safe.
 */
final class BatchReader {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(25);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /** Answers in a row that brought nothing; then the table is throttled beyond hope. */
    private static final int FRUITLESS = 8;

    private final DynamoDbClient client;
    private final Fanout fanout;
    private final int batchSize;
    private final boolean consistent;

    BatchReader(DynamoDbClient client, Fanout fanout, int batchSize, boolean consistent) {
        this.client = client;
        this.fanout = fanout;
        this.batchSize = batchSize;
        this.consistent = consistent;
    }

    /**
     * What is wanted of one table. A request names a key once, so that what several reads want of a table is put together.
     *
     * @param features of which views want only these; empty if one of them wants the whole item
     */
    record Wanted(Set<String> ids, Set<String> features) {
        Wanted() {
            this(new LinkedHashSet<>(), new LinkedHashSet<>());
        }
    }

    /** The items there are: by table, then by hash of the key. */
    Map<String, Map<String, Map<String, AttributeValue>>> read(Map<String, Wanted> wanted)
            throws InterruptedException, ExecutionException {
        List<CompletableFuture<Map<String, List<Map<String, AttributeValue>>>>> running = new ArrayList<>();
        for (Map<String, KeysAndAttributes> request : requests(wanted)) {
            running.add(fanout.start(() -> complete(request)));
        }
        Map<String, Map<String, Map<String, AttributeValue>>> found = new HashMap<>();
        for (CompletableFuture<Map<String, List<Map<String, AttributeValue>>>> answer : running) {
            answer.get().forEach((table, items) -> {
                Map<String, Map<String, AttributeValue>> byId = found.computeIfAbsent(table, name -> new HashMap<>());
                items.forEach(item -> byId.put(id(item), item));
            });
        }
        return found;
    }

    private static String id(Map<String, AttributeValue> item) {
        AttributeValue id = item.get(Item.ID);
        return id == null ? "" : id.s();
    }

    private List<Map<String, KeysAndAttributes>> requests(Map<String, Wanted> wanted) {
        List<Map<String, KeysAndAttributes>> requests = new ArrayList<>();
        Map<String, List<String>> ids = new LinkedHashMap<>();
        int size = 0;
        for (Map.Entry<String, Wanted> table : wanted.entrySet()) {
            for (String id : table.getValue().ids()) {
                ids.computeIfAbsent(table.getKey(), name -> new ArrayList<>()).add(id);
                if (++size == batchSize) {
                    requests.add(request(ids, wanted));
                    ids = new LinkedHashMap<>();
                    size = 0;
                }
            }
        }
        if (size > 0) {
            requests.add(request(ids, wanted));
        }
        return requests;
    }

    private Map<String, KeysAndAttributes> request(Map<String, List<String>> ids, Map<String, Wanted> wanted) {
        Map<String, KeysAndAttributes> request = new HashMap<>();
        ids.forEach((table, some) -> {
            Wanted want = wanted.get(table);
            request.put(table, keys(some, want == null ? Set.of() : want.features()));
        });
        return request;
    }

    private KeysAndAttributes keys(List<String> ids, Collection<String> features) {
        KeysAndAttributes.Builder keys = KeysAndAttributes.builder()
                .consistentRead(consistent)
                .keys(ids.stream().map(id -> Map.of(Item.ID, Item.text(id))).toList());
        if (!features.isEmpty()) {
            Map<String, String> names =
                    new HashMap<>(Map.of("#id", Item.ID, "#event", Item.EVENT, "#values", Item.VALUES));
            StringBuilder projection = new StringBuilder("#id, #event");
            int i = 0;
            for (String feature : features) {
                names.put("#f" + i, feature);
                projection.append(", #values.#f").append(i);
                i++;
            }
            // More than the service takes: then the whole item.
            if (projection.length() <= Item.LONGEST_EXPRESSION) {
                keys.projectionExpression(projection.toString()).expressionAttributeNames(names);
            }
        }
        return keys.build();
    }

    private Map<String, List<Map<String, AttributeValue>>> complete(Map<String, KeysAndAttributes> request) {
        Map<String, List<Map<String, AttributeValue>>> items = new HashMap<>();
        Map<String, KeysAndAttributes> rest = request;
        int fruitless = 0;
        while (!rest.isEmpty()) {
            Map<String, KeysAndAttributes> asked = rest;
            BatchGetItemResponse answer = client.batchGetItem(get -> get.requestItems(asked));
            answer.responses()
                    .forEach((table, some) -> items.computeIfAbsent(table, name -> new ArrayList<>())
                            .addAll(some));
            rest = answer.hasUnprocessedKeys() ? answer.unprocessedKeys() : Map.of();
            boolean brought = answer.responses().values().stream().anyMatch(some -> !some.isEmpty());
            fruitless = brought ? 0 : fruitless + 1;
            if (fruitless == FRUITLESS) {
                throw new IllegalStateException(
                        "the service left %d keys unread %d times; lower max_read_workers, or raise the table's limits"
                                .formatted(
                                        rest.values().stream()
                                                .mapToInt(keys -> keys.keys().size())
                                                .sum(),
                                        FRUITLESS));
            }
            if (fruitless > 0 && !rest.isEmpty()) {
                pause(fruitless);
            }
        }
        return items;
    }

    /** Longer each time, and for a random part of it, so that clients that were refused together do not come back together. */
    private static void pause(int times) {
        long longest = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << times);
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("it was interrupted", e);
        }
    }
}
