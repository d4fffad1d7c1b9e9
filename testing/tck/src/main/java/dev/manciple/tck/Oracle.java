package dev.manciple.tck;

import dev.manciple.model.DataSource;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The point-in-time rule in two loops: for every entity row, look at every source row. Slow and without cleverness, so that it
 * can be checked by reading; every store is compared with it and never with a recorded result of its own.
 *
 * <p>Source rows equal in event time and created time are equally right, so an answer is a set of acceptable rows.
 */
public final class Oracle {
    /** The time column of the rows a range stands for. */
    public static final String RANGE_TIME = "event_timestamp";

    private final Map<String, Table> sources;

    /** @param sources the rows of every source by the source's name */
    public Oracle(Map<String, Table> sources) {
        this.sources = Map.copyOf(sources);
    }

    /** One row of the result: the entity row, and for each view the sets of feature values that are right. */
    public record Expected(List<Value> entityRow, List<Set<List<Value>>> features) {
        /** Whether a row of a store's result is right. */
        public boolean accepts(List<Value> row) {
            int at = entityRow.size();
            if (row.size() < at || !row.subList(0, at).equals(entityRow)) {
                return false;
            }
            for (Set<List<Value>> choices : features) {
                int end = at + choices.iterator().next().size();
                if (row.size() < end || !choices.contains(row.subList(at, end))) {
                    return false;
                }
                at = end;
            }
            return at == row.size();
        }
    }

    /** The rows of {@code OfflineStore.historicalFeatures} for entity rows in memory, in their order. */
    public List<Expected> join(HistoricalRequest request, Table spine, String timeColumn) {
        List<Expected> result = new ArrayList<>();
        for (List<Value> row : spine.rows()) {
            List<Set<List<Value>>> features = new ArrayList<>();
            for (ViewSlice slice : request.slices()) {
                features.add(
                        newest(slice, spine, row, timeColumn, request.options().filterByCreated()));
            }
            result.add(new Expected(row, features));
        }
        return result;
    }

    /** The entity rows a range stands for: all pairs of keys and event time in the window, each once. */
    public Table rangeSpine(HistoricalRequest request, Spine.Range range) {
        Map<String, Field> columns = new LinkedHashMap<>();
        for (ViewSlice slice : request.slices()) {
            for (Field key : slice.view().entityColumns()) {
                String name = slice.spineColumn(key.name());
                columns.putIfAbsent(name, Field.of(name, key.type()));
            }
        }
        Set<List<Value>> rows = new LinkedHashSet<>();
        for (ViewSlice slice : request.slices()) {
            if (slice.view().joinKeys().isEmpty() && !columns.isEmpty()) {
                continue;
            }
            DataSource.Batch source = slice.view().batchSource().orElseThrow();
            Table table = table(source);
            for (List<Value> row : table.rows()) {
                Optional<Instant> event = eventTime(source, table, row);
                if (event.isPresent() && inWindow(event.get(), range.start(), range.end())) {
                    Map<String, Value> keys = new HashMap<>();
                    for (String key : slice.view().joinKeys()) {
                        keys.put(slice.spineColumn(key), named(source, table, row, key));
                    }
                    List<Value> pair = new ArrayList<>();
                    columns.keySet().forEach(name -> pair.add(keys.getOrDefault(name, Values.NULL)));
                    pair.add(new Value.Time(event.get()));
                    if (!keys.containsValue(Values.NULL)) {
                        rows.add(pair);
                    }
                }
            }
        }
        List<Field> fields = new ArrayList<>(columns.values());
        fields.add(Field.of(RANGE_TIME, ValueType.Scalar.UNIX_TIMESTAMP));
        return Table.of(fields, List.copyOf(rows));
    }

    /** The rows of {@code OfflineStore.pullAll}, in no order. */
    public List<List<Value>> all(PullRequest request) {
        Table table = table(request.source());
        return table.rows().stream()
                .filter(row -> pulled(request, table, row))
                .map(row -> output(request, table, row))
                .toList();
    }

    /** The rows of {@code OfflineStore.pullLatest}: for every key, the rows that are right. */
    public Map<List<Value>, Set<List<Value>>> latest(PullRequest request) {
        Table table = table(request.source());
        Map<List<Value>, Set<List<Value>>> latest = new LinkedHashMap<>();
        for (List<Value> row : table.rows()) {
            if (pulled(request, table, row)) {
                List<Value> key = request.joinKeys().stream()
                        .map(joinKey -> named(request.source(), table, row, joinKey.name()))
                        .toList();
                latest.computeIfAbsent(key, each -> newest(request, table, each));
            }
        }
        return latest;
    }

    private Set<List<Value>> newest(
            ViewSlice slice, Table spine, List<Value> entityRow, String timeColumn, boolean filterByCreated) {
        DataSource.Batch source = slice.view().batchSource().orElseThrow();
        Table table = table(source);
        Newest newest = new Newest();
        if (entityRow.get(spine.column(timeColumn)) instanceof Value.Time(Instant time)) {
            for (List<Value> row : table.rows()) {
                Optional<Instant> event = eventTime(source, table, row);
                Optional<Instant> created = createdTime(source, table, row);
                if (event.isPresent()
                        && isKnown(event.get(), time, slice.view().ttl())
                        && !(filterByCreated
                                && created.isPresent()
                                && created.get().isAfter(time))
                        && keysMatch(slice, spine, entityRow, source, table, row)) {
                    newest.offer(event.get(), created, features(slice.features(), source, table, row));
                }
            }
        }
        return newest.orNulls(slice.features().size());
    }

    private static boolean isKnown(Instant event, Instant time, Duration ttl) {
        return !event.isAfter(time) && (ttl.isZero() || !event.isBefore(time.minus(ttl)));
    }

    private static boolean keysMatch(
            ViewSlice slice,
            Table spine,
            List<Value> entityRow,
            DataSource.Batch source,
            Table table,
            List<Value> row) {
        for (String key : slice.view().joinKeys()) {
            Value wanted = entityRow.get(spine.column(slice.spineColumn(key)));
            if (wanted.equals(Values.NULL) || !wanted.equals(named(source, table, row, key))) {
                return false;
            }
        }
        return true;
    }

    private Set<List<Value>> newest(PullRequest request, Table table, List<Value> key) {
        Newest newest = new Newest();
        for (List<Value> row : table.rows()) {
            List<Value> output = output(request, table, row);
            if (pulled(request, table, row) && output.subList(0, key.size()).equals(key)) {
                newest.offer(
                        eventTime(request.source(), table, row).orElseThrow(),
                        createdTime(request.source(), table, row),
                        output);
            }
        }
        return newest.rows;
    }

    private static boolean pulled(PullRequest request, Table table, List<Value> row) {
        return eventTime(request.source(), table, row)
                .filter(event -> inWindow(event, request.start(), request.end()))
                .isPresent();
    }

    private static List<Value> output(PullRequest request, Table table, List<Value> row) {
        DataSource.Batch source = request.source();
        List<Value> output = new ArrayList<>(features(request.joinKeys(), source, table, row));
        output.addAll(features(request.features(), source, table, row));
        output.add(row.get(table.column(source.time().event())));
        source.time().created().ifPresent(created -> output.add(row.get(table.column(created))));
        return output;
    }

    private static boolean inWindow(Instant time, Instant start, Instant end) {
        return !time.isBefore(start) && !time.isAfter(end);
    }

    private static List<Value> features(List<Field> fields, DataSource.Batch source, Table table, List<Value> row) {
        return fields.stream()
                .map(field -> named(source, table, row, field.name()))
                .toList();
    }

    /** The value of the column that the view calls {@code name}. */
    private static Value named(DataSource.Batch source, Table table, List<Value> row, String name) {
        for (Map.Entry<String, String> mapping : source.fieldMapping().entrySet()) {
            if (mapping.getValue().equals(name)) {
                return row.get(table.column(mapping.getKey()));
            }
        }
        return row.get(table.column(name));
    }

    private static Optional<Instant> eventTime(DataSource.Batch source, Table table, List<Value> row) {
        return instant(row.get(table.column(source.time().event())));
    }

    private static Optional<Instant> createdTime(DataSource.Batch source, Table table, List<Value> row) {
        return source.time().created().flatMap(column -> instant(row.get(table.column(column))));
    }

    private static Optional<Instant> instant(Value value) {
        return value instanceof Value.Time(Instant time) ? Optional.of(time) : Optional.empty();
    }

    private Table table(DataSource.Batch source) {
        Table table = sources.get(source.name());
        if (table == null) {
            throw new IllegalArgumentException("The oracle has no rows of source '%s'".formatted(source.name()));
        }
        return table;
    }

    /** The best rows seen so far; several only if they are equal in both times. */
    private static final class Newest {
        private static final Comparator<Times> ORDER = Comparator.comparing(Times::event)
                .thenComparing(times -> times.created().orElse(Instant.MIN));

        private record Times(Instant event, Optional<Instant> created) {}

        private final Set<List<Value>> rows = new LinkedHashSet<>();
        private Optional<Times> best = Optional.empty();

        void offer(Instant event, Optional<Instant> created, List<Value> row) {
            Times times = new Times(event, created);
            int order = best.map(so -> ORDER.compare(times, so)).orElse(1);
            if (order > 0) {
                rows.clear();
                best = Optional.of(times);
            }
            if (order >= 0) {
                rows.add(row);
            }
        }

        Set<List<Value>> orNulls(int features) {
            return rows.isEmpty() ? Set.of(Collections.nCopies(features, Values.NULL)) : rows;
        }
    }
}
