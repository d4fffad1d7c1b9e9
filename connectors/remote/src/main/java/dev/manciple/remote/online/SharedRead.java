package dev.manciple.remote.online;

import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads that go in one request of Feast's, which has one table of entities: as many rows for each, and one column for each join
 * key, however many of the views have it.
 */
final class SharedRead {
    /** The join key of views of global values, whose column tells how many rows are asked for. */
    private static final String DUMMY = "__dummy_id";

    private final List<OnlineRead> reads = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();
    private final Map<String, List<Value>> columns = new LinkedHashMap<>();
    private final Set<String> outputs = new HashSet<>();
    private final int rows;

    private SharedRead(int rows) {
        this.rows = rows;
    }

    /** Every read that asks for something, in as few requests as go by their order. */
    static List<SharedRead> of(List<OnlineRead> reads) {
        List<SharedRead> all = new ArrayList<>();
        for (int i = 0; i < reads.size(); i++) {
            OnlineRead read = reads.get(i);
            Map<String, List<Value>> columns = columns(read);
            int position = i;
            all.stream()
                    .filter(shared -> shared.takes(read, columns))
                    .findFirst()
                    .orElseGet(() -> {
                        SharedRead another = new SharedRead(read.keys().size());
                        all.add(another);
                        return another;
                    })
                    .add(read, columns, position);
        }
        return all;
    }

    private static Map<String, List<Value>> columns(OnlineRead read) {
        Map<String, List<Value>> columns = new LinkedHashMap<>();
        List<String> joinKeys = read.view().joinKeys();
        for (int i = 0; i < joinKeys.size(); i++) {
            int column = i;
            columns.put(
                    joinKeys.get(i),
                    read.keys().stream().map(key -> value(key, column)).toList());
        }
        if (joinKeys.isEmpty()) {
            columns.put(DUMMY, Collections.nCopies(read.keys().size(), new Value.Text("")));
        }
        return columns;
    }

    private static Value value(EntityKey key, int column) {
        return key.values().get(column);
    }

    private boolean takes(OnlineRead read, Map<String, List<Value>> others) {
        return read.keys().size() == rows
                && outputs(read).stream().noneMatch(outputs::contains)
                && others.entrySet().stream()
                        .allMatch(other -> columns.getOrDefault(other.getKey(), other.getValue())
                                .equals(other.getValue()));
    }

    private void add(OnlineRead read, Map<String, List<Value>> others, int position) {
        reads.add(read);
        positions.add(position);
        columns.putAll(others);
        outputs.addAll(outputs(read));
    }

    private static List<String> outputs(OnlineRead read) {
        return read.features().stream().map(feature -> output(read, feature)).toList();
    }

    /** What the answer calls a feature. */
    static String output(OnlineRead read, Field feature) {
        return read.view().name() + "__" + feature.name();
    }

    List<OnlineRead> reads() {
        return reads;
    }

    /** Of the reads in the call they came in. */
    List<Integer> positions() {
        return positions;
    }

    int rows() {
        return rows;
    }

    /** The views, as errors say them. */
    String names() {
        return reads.stream()
                .map(read -> "'" + read.view().name() + "'")
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** A body for some of the rows. */
    Map<String, Object> body(int from, int to) {
        Map<String, Object> entities = new LinkedHashMap<>();
        columns.forEach((column, values) -> entities.put(column, json(values.subList(from, to))));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "features",
                reads.stream()
                        .flatMap(read -> read.features().stream()
                                .map(feature -> read.view().name() + ":" + feature.name()))
                        .toList());
        body.put("entities", entities);
        body.put("full_feature_names", true);
        return body;
    }

    private static List<@Nullable Object> json(List<Value> values) {
        List<@Nullable Object> json = new ArrayList<>(values.size());
        values.forEach(value -> json.add(ValueJson.toJson(value)));
        return json;
    }
}
