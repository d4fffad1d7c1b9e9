package dev.manciple.remote.online;

import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.model.Field;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An answer of {@code /get-online-features} (Feast: online serving, 4.2): columns, and their names, by which alone they are found,
 * since their order means nothing.
 */
final class FeastAnswer {
    private final Map<String, JsonNode> columns;
    private final int rows;
    private final String store;
    private final Ask ask;

    private FeastAnswer(Map<String, JsonNode> columns, int rows, String store, Ask ask) {
        this.columns = columns;
        this.rows = rows;
        this.store = store;
        this.ask = ask;
    }

    /**
     * @param rows that were asked for
     * @throws StoreException if the answer does not have a value, status and time for each
     */
    static FeastAnswer of(JsonNode answer, int rows, String store, Ask ask) {
        JsonNode names = answer.path("metadata").path("feature_names");
        JsonNode results = answer.path("results");
        if (!names.isArray() || names.size() != results.size()) {
            throw unreadable(store, ask, "it has not one name for each column");
        }
        Map<String, JsonNode> columns = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i).asString("");
            for (String part : List.of("values", "statuses", "event_timestamps")) {
                if (results.get(i).path(part).size() != rows) {
                    throw unreadable(
                            store,
                            ask,
                            "column '%s' has %d %s for %d rows"
                                    .formatted(name, results.get(i).path(part).size(), part, rows));
                }
            }
            columns.put(name, results.get(i));
        }
        return new FeastAnswer(columns, rows, store, ask);
    }

    static StoreException unreadable(String store, Ask ask, String problem) {
        return new StoreException(
                store,
                ask.attempted(),
                false,
                Outcome.NOT_APPLIED,
                new IOException("%s was answered with what is no answer: %s".formatted(ask, problem)));
    }

    /** One for each row asked for. */
    List<Lookup> lookups(OnlineRead read) {
        List<JsonNode> ofFeatures =
                read.features().stream().map(feature -> column(read, feature)).toList();
        List<Lookup> lookups = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            lookups.add(lookup(read.features(), ofFeatures, row));
        }
        return lookups;
    }

    private JsonNode column(OnlineRead read, Field feature) {
        String name = SharedRead.output(read, feature);
        JsonNode column = columns.get(name);
        if (column == null) {
            throw unreadable(store, ask, "it has no column '%s'".formatted(name));
        }
        return column;
    }

    /** Servers have no word for a row that is there without any of the features, but for its time. */
    private Lookup lookup(List<Field> features, List<JsonNode> ofFeatures, int row) {
        List<Value> values = new ArrayList<>(features.size());
        List<Instant> times = new ArrayList<>(features.size());
        boolean found = false;
        for (int i = 0; i < features.size(); i++) {
            JsonNode column = ofFeatures.get(i);
            Instant time = time(column.path("event_timestamps").get(row));
            String status = column.path("statuses").get(row).asString("");
            found |= !status.equals("NOT_FOUND") || !time.equals(Instant.EPOCH);
            values.add(value(column.path("values").get(row), status, features.get(i)));
            times.add(time);
        }
        return found ? new Lookup.Found(values, times) : Lookup.Absent.ABSENT;
    }

    private static Value value(JsonNode json, String status, Field feature) {
        return switch (status) {
            case "PRESENT", "OUTSIDE_MAX_AGE" -> FeastJson.read(json, feature.type());
            case "NULL_VALUE" -> Value.Null.NULL;
            case "NOT_FOUND" -> Value.Missing.MISSING;
            default -> new Value.Corrupt("the server gives it the status '%s'".formatted(status));
        };
    }

    private Instant time(JsonNode json) {
        try {
            return OffsetDateTime.parse(json.asString("")).toInstant();
        } catch (DateTimeException e) {
            throw unreadable(store, ask, "'%s' is no time".formatted(json));
        }
    }
}
