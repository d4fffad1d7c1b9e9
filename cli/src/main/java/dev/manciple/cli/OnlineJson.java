package dev.manciple.cli;

import dev.manciple.OnlineFeatures;
import dev.manciple.wire.ValueJson;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer of Feast's HTTP endpoint {@code /get-online-features}. */
final class OnlineJson {
    private OnlineJson() {}

    /** @param details whether stores that failed are named, under a key Feast's answer does not have */
    static Map<String, Object> of(OnlineFeatures answer, boolean details) {
        List<Map<String, Object>> results = new ArrayList<>();
        for (int column = 0; column < answer.names().size(); column++) {
            results.add(column(answer, column));
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("results", results);
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("feature_names", answer.names());
        if (details) {
            metadata.put(
                    "failures", answer.failures().stream().map(OnlineJson::tree).toList());
        }
        tree.put("metadata", metadata);
        return tree;
    }

    private static Map<String, Object> tree(OnlineFeatures.Failure failure) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("view", failure.view());
        tree.put("store", failure.store());
        tree.put("reason", failure.reason());
        return tree;
    }

    private static Map<String, Object> column(OnlineFeatures answer, int column) {
        List<@Nullable Object> values = new ArrayList<>();
        answer.values().get(column).forEach(value -> values.add(ValueJson.toJson(value)));
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("values", values);
        tree.put(
                "statuses",
                answer.statuses().get(column).stream().map(Enum::name).toList());
        tree.put(
                "event_timestamps",
                answer.eventTimes().get(column).stream().map(OnlineJson::time).toList());
        return tree;
    }

    /** Protobuf's text: 0, 3, 6 or 9 digits of a second. */
    private static String time(Instant time) {
        return DateTimeFormatter.ISO_INSTANT.format(time);
    }
}
