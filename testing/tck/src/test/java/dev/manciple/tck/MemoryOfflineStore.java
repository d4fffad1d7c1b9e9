package dev.manciple.tck;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.spi.WriteReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A right offline store over tables in memory. It sorts each source once per request and walks back from the entity row's
 * time, which is another way than the oracle's. Its protected methods are the decisions that wrong stores get wrong.
 */
class MemoryOfflineStore implements OfflineStore {
    /** Rows as a table keeps them: by the types their Arrow types stand for. */
    record Stored(Schema schema, List<List<Value>> rows) {
        int column(String name, String what) {
            for (int i = 0; i < schema.getFields().size(); i++) {
                if (schema.getFields().get(i).getName().equals(name)) {
                    return i;
                }
            }
            throw new InvalidRequestException("There is no column '%s' in %s".formatted(name, what));
        }
    }

    /** A source row that has a time, with what the join needs of it. */
    record Candidate(List<Value> keys, Instant event, Optional<Instant> created, List<Value> row) {}

    private final Map<String, Stored> tables;

    MemoryOfflineStore(Map<String, Stored> tables) {
        this.tables = tables;
    }

    @Override
    public Set<OfflineCapability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(OfflineCapability.REMOTE_EXPORT));
    }

    // ---- what wrong stores get wrong -----------------------------------------------------------------------------

    boolean inTime(Instant event, Instant time, Duration ttl) {
        return !event.isAfter(time) && (ttl.isZero() || !event.isBefore(time.minus(ttl)));
    }

    boolean isKnown(Candidate candidate, Instant time) {
        return candidate.created().stream().noneMatch(created -> created.isAfter(time));
    }

    Comparator<Candidate> oldestFirst() {
        return Comparator.comparing(Candidate::event)
                .thenComparing(candidate -> candidate.created().orElse(Instant.MIN));
    }

    boolean matches(List<Value> wanted, List<Value> keys) {
        return !wanted.contains(Values.NULL) && wanted.equals(keys);
    }

    /** The output for one entity row, from the candidates in time, oldest first. */
    List<List<Value>> choose(List<Value> entityRow, List<Candidate> inTime, List<Integer> features) {
        List<Value> row = new ArrayList<>(entityRow);
        if (inTime.isEmpty()) {
            row.addAll(Collections.nCopies(features.size(), Values.NULL));
        } else {
            features.forEach(feature -> row.add(inTime.getLast().row().get(feature)));
        }
        return List.of(row);
    }

    /** The result before it is handed out. */
    List<List<Value>> finish(List<List<Value>> rows) {
        return rows;
    }

    List<List<Value>> readSpine(ArrowReader reader) {
        return ArrowRows.read(reader);
    }

    // ---- jobs ----------------------------------------------------------------------------------------------------

    @Override
    public RetrievalJob historicalFeatures(HistoricalRequest request) {
        return new Job(() -> historicalSchema(request), () -> historicalRows(request));
    }

    @Override
    public RetrievalJob pullLatest(PullRequest request) {
        return new Job(() -> pullSchema(request), () -> pull(request, true));
    }

    @Override
    public RetrievalJob pullAll(PullRequest request) {
        return new Job(() -> pullSchema(request), () -> pull(request, false));
    }

    @FunctionalInterface
    interface Rows {
        List<List<Value>> get() throws IOException;
    }

    class Job implements RetrievalJob {
        private final Supplier<Schema> schema;
        private final Rows rows;

        Job(Supplier<Schema> schema, Rows rows) {
            this.schema = schema;
            this.rows = rows;
        }

        @Override
        public Schema schema() {
            return schema.get();
        }

        @Override
        public ArrowReader open(BufferAllocator allocator) {
            return ArrowRows.reader(allocator, schema(), compute(), 1024);
        }

        private List<List<Value>> compute() {
            try {
                return rows.get();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Explanation explain() {
            return new Explanation("memory", "sort, walk back", Optional.empty(), OptionalLong.empty(), List.of());
        }

        @Override
        public WriteReport writeTo(SourceLocation target, boolean overwrite) {
            if (target instanceof SourceLocation.Files) {
                return RetrievalJob.super.writeTo(target, overwrite);
            }
            String name = tableName(target);
            Stored result = new Stored(schema(), compute());
            if (overwrite) {
                tables.put(name, result);
            } else if (tables.putIfAbsent(name, result) != null) {
                throw new InvalidRequestException("The table '%s' exists already".formatted(name));
            }
            return new WriteReport(result.rows().size(), List.of());
        }
    }

    private Schema historicalSchema(HistoricalRequest request) {
        List<org.apache.arrow.vector.types.pojo.Field> fields =
                new ArrayList<>(spineSchema(request).getFields());
        for (ViewSlice slice : request.slices()) {
            DataSource.Batch source = slice.view().batchSource().orElseThrow();
            Stored stored = stored(source);
            for (Field feature : slice.features()) {
                fields.add(renamed(
                        stored.schema().getFields().get(at(source, stored, feature.name())),
                        slice.outputColumn(feature, request.fullFeatureNames())));
            }
        }
        return new Schema(fields);
    }

    private Schema spineSchema(HistoricalRequest request) {
        return switch (request.spine()) {
            case Spine.Rows rows -> rows.schema();
            case Spine.Query query -> query(query).schema();
            case Spine.Range range -> {
                List<org.apache.arrow.vector.types.pojo.Field> fields = new ArrayList<>();
                rangeKeys(request).forEach((name, type) -> fields.add(ArrowTypes.arrow(name, type)));
                fields.add(ArrowTypes.arrow("event_timestamp", ValueType.Scalar.UNIX_TIMESTAMP));
                yield new Schema(fields);
            }
        };
    }

    private Stored query(Spine.Query query) {
        return stored(query.sql());
    }

    List<List<Value>> historicalRows(HistoricalRequest request) throws IOException {
        Schema schema = spineSchema(request);
        List<List<Value>> spine = spineRows(request);
        String timeColumn = switch (request.spine()) {
            case Spine.Rows rows -> rows.timeColumn();
            case Spine.Query query -> query.timeColumn();
            case Spine.Range range -> "event_timestamp";
        };
        int timeAt = new Stored(schema, spine).column(timeColumn, "the entity rows");
        for (ViewSlice slice : request.slices()) {
            spine = join(slice, schema, spine, timeAt, request.options().filterByCreated());
        }
        return finish(spine);
    }

    private List<List<Value>> spineRows(HistoricalRequest request) throws IOException {
        return switch (request.spine()) {
            case Spine.Rows rows -> {
                try (ArrowReader reader = rows.reader().get()) {
                    yield readSpine(reader);
                }
            }
            case Spine.Query query -> query(query).rows();
            case Spine.Range range -> rangeRows(request, range);
        };
    }

    private List<List<Value>> join(
            ViewSlice slice, Schema schema, List<List<Value>> spine, int timeAt, boolean filterByCreated) {
        FeatureView view = slice.view();
        DataSource.Batch source = view.batchSource().orElseThrow();
        Stored stored = stored(source);
        List<Integer> features = slice.features().stream()
                .map(feature -> at(source, stored, feature.name()))
                .toList();
        List<Integer> keys = view.joinKeys().stream()
                .map(key -> new Stored(schema, List.of()).column(slice.spineColumn(key), "the entity rows"))
                .toList();
        List<Candidate> sorted = candidates(source, stored, view.joinKeys()).stream()
                .sorted(oldestFirst())
                .toList();
        List<List<Value>> joined = new ArrayList<>();
        for (List<Value> row : spine) {
            List<Value> wanted = keys.stream().map(row::get).toList();
            List<Candidate> inTime = row.get(timeAt) instanceof Value.Time(Instant time)
                    ? sorted.stream()
                            .filter(each -> matches(wanted, each.keys()))
                            .filter(each -> inTime(each.event(), time, view.ttl()))
                            .filter(each -> !filterByCreated || isKnown(each, time))
                            .toList()
                    : List.of();
            joined.addAll(choose(row, inTime, features));
        }
        return joined;
    }

    List<Candidate> candidates(DataSource.Batch source, Stored stored, List<String> joinKeys) {
        TimeColumns time = source.time();
        int event = stored.column(time.event(), source.name());
        OptionalLong created = time.created().stream()
                .mapToLong(name -> stored.column(name, source.name()))
                .findFirst();
        List<Integer> keys =
                joinKeys.stream().map(key -> at(source, stored, key)).toList();
        List<Candidate> candidates = new ArrayList<>();
        for (List<Value> row : stored.rows()) {
            if (row.get(event) instanceof Value.Time(Instant at)) {
                Optional<Instant> createdAt =
                        created.isPresent() && row.get((int) created.getAsLong()) instanceof Value.Time(Instant when)
                                ? Optional.of(when)
                                : Optional.empty();
                candidates.add(new Candidate(keys.stream().map(row::get).toList(), at, createdAt, row));
            }
        }
        return candidates;
    }

    private Map<String, ValueType> rangeKeys(HistoricalRequest request) {
        Map<String, ValueType> keys = new LinkedHashMap<>();
        for (ViewSlice slice : request.slices()) {
            slice.view().entityColumns().forEach(key -> keys.putIfAbsent(slice.spineColumn(key.name()), key.type()));
        }
        return keys;
    }

    /** Whether a row of a source with these keys makes a row of a range. */
    boolean isAboutSomebody(HistoricalRequest request, List<Value> keys) {
        return !keys.contains(Values.NULL)
                && (!keys.isEmpty() || rangeKeys(request).isEmpty());
    }

    private List<List<Value>> rangeRows(HistoricalRequest request, Spine.Range range) {
        Set<List<Value>> pairs = new LinkedHashSet<>();
        for (ViewSlice slice : request.slices()) {
            DataSource.Batch source = slice.view().batchSource().orElseThrow();
            for (Candidate each :
                    candidates(source, stored(source), slice.view().joinKeys())) {
                if (!each.event().isBefore(range.start())
                        && !each.event().isAfter(range.end())
                        && isAboutSomebody(request, each.keys())) {
                    Map<String, Value> named = new HashMap<>();
                    IntStream.range(0, each.keys().size())
                            .forEach(i -> named.put(
                                    slice.spineColumn(slice.view().joinKeys().get(i)),
                                    each.keys().get(i)));
                    List<Value> pair = new ArrayList<>();
                    rangeKeys(request).keySet().forEach(name -> pair.add(named.getOrDefault(name, Values.NULL)));
                    pair.add(new Value.Time(each.event()));
                    pairs.add(pair);
                }
            }
        }
        return List.copyOf(pairs);
    }

    private Schema pullSchema(PullRequest request) {
        Stored stored = stored(request.source());
        List<org.apache.arrow.vector.types.pojo.Field> fields = new ArrayList<>();
        for (Field field : pulledFields(request)) {
            fields.add(
                    renamed(stored.schema().getFields().get(at(request.source(), stored, field.name())), field.name()));
        }
        fields.add(ArrowTypes.arrow(PullRequest.EVENT_TIME, ValueType.Scalar.UNIX_TIMESTAMP));
        if (request.source().time().created().isPresent()) {
            fields.add(ArrowTypes.arrow(PullRequest.CREATED_TIME, ValueType.Scalar.UNIX_TIMESTAMP));
        }
        return new Schema(fields);
    }

    private static List<Field> pulledFields(PullRequest request) {
        List<Field> fields = new ArrayList<>(request.joinKeys());
        fields.addAll(request.features());
        return fields;
    }

    private List<List<Value>> pull(PullRequest request, boolean latest) {
        DataSource.Batch source = request.source();
        Stored stored = stored(source);
        List<String> joinKeys = request.joinKeys().stream().map(Field::name).toList();
        List<Candidate> inWindow = candidates(source, stored, joinKeys).stream()
                .filter(each ->
                        !each.event().isBefore(request.start()) && !each.event().isAfter(request.end()))
                .sorted(oldestFirst())
                .toList();
        Map<Object, List<Value>> rows = new LinkedHashMap<>();
        for (Candidate each : inWindow) {
            List<Value> row = new ArrayList<>();
            pulledFields(request).forEach(field -> row.add(each.row().get(at(source, stored, field.name()))));
            row.add(new Value.Time(each.event()));
            if (source.time().created().isPresent()) {
                row.add(each.created().<Value>map(Value.Time::new).orElse(Values.NULL));
            }
            rows.put(latest ? each.keys() : rows.size(), row);
        }
        return List.copyOf(rows.values());
    }

    // ---- tables --------------------------------------------------------------------------------------------------

    @Override
    public Schema describe(DataSource.Batch source) {
        return stored(source).schema();
    }

    @Override
    public void write(FeatureView view, ArrowReader rows) {
        DataSource.Batch source = view.batchSource().orElseThrow();
        Map<String, String> mapping = source.fieldMapping();
        append(tableName(source.location()), stored(source), mapping, rows);
    }

    @Override
    public void checkWrite(FeatureView view, Schema columns) {
        DataSource.Batch source = view.batchSource().orElseThrow();
        requireFits(tableName(source.location()), stored(source), source.fieldMapping(), columns);
    }

    @Override
    public void writeLoggedFeatures(DataSource.Batch sink, ArrowReader logs) {
        String name = tableName(sink.location());
        append(name, tables.getOrDefault(name, new Stored(schema(logs), List.of())), Map.of(), logs);
    }

    private void append(String name, Stored stored, Map<String, String> mapping, ArrowReader rows) {
        requireFits(name, stored, mapping, schema(rows));
        List<String> given = List.copyOf(types(schema(rows), Map.of()).keySet());
        Set<String> wanted = types(stored.schema(), mapping).keySet();
        List<List<Value>> all = new ArrayList<>(stored.rows());
        for (List<Value> row : ArrowRows.read(rows)) {
            all.add(wanted.stream()
                    .map(column -> row.get(given.indexOf(column)))
                    .toList());
        }
        tables.put(name, new Stored(stored.schema(), all));
    }

    private static void requireFits(String name, Stored stored, Map<String, String> mapping, Schema columns) {
        Map<String, ValueType> given = types(columns, Map.of());
        Map<String, ValueType> wanted = types(stored.schema(), mapping);
        if (!given.equals(wanted)) {
            throw new InvalidRequestException("Table '%s' has the columns %s, not %s".formatted(name, wanted, given));
        }
    }

    private static Map<String, ValueType> types(Schema columns, Map<String, String> mapping) {
        Map<String, ValueType> types = new LinkedHashMap<>();
        columns.getFields()
                .forEach(field ->
                        types.put(mapping.getOrDefault(field.getName(), field.getName()), ArrowTypes.valueType(field)));
        return types;
    }

    private static Schema schema(ArrowReader reader) {
        try {
            return reader.getVectorSchemaRoot().getSchema();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int at(DataSource.Batch source, Stored stored, String viewName) {
        return source.fieldMapping().entrySet().stream()
                .filter(mapping -> mapping.getValue().equals(viewName))
                .map(mapping -> stored.column(mapping.getKey(), source.name()))
                .findFirst()
                .orElseGet(() -> stored.column(viewName, source.name()));
    }

    Stored stored(DataSource.Batch source) {
        return stored(tableName(source.location()));
    }

    private Stored stored(String name) {
        Stored stored = tables.get(name);
        if (stored == null) {
            throw new NotFoundException("table", name);
        }
        return stored;
    }

    private static String tableName(SourceLocation location) {
        return location instanceof SourceLocation.Table(String name) ? name : location.toString();
    }

    private static org.apache.arrow.vector.types.pojo.Field renamed(
            org.apache.arrow.vector.types.pojo.Field field, String name) {
        return new org.apache.arrow.vector.types.pojo.Field(name, field.getFieldType(), field.getChildren());
    }

    @Override
    public void close() {}

    /** Tables in memory, and the store over them that {@code make} gives. */
    static class Fixture implements OfflineFixture {
        /** Makes a store from the tables and what the kit lends. */
        @FunctionalInterface
        interface Maker {
            OfflineStore make(Map<String, Stored> tables, StoreContext context);
        }

        private final Map<String, Stored> tables = new ConcurrentHashMap<>();
        private final Maker maker;

        Fixture(Maker maker) {
            this.maker = maker;
        }

        @Override
        public OfflineStore open(StoreContext context) {
            return maker.make(tables, context);
        }

        @Override
        public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
            tables.put(name, new Stored(schema(rows), ArrowRows.read(rows)));
            return target(name, time);
        }

        @Override
        public DataSource.Batch target(String name, TimeColumns time) {
            return new DataSource.Batch(
                    name, "memory", new SourceLocation.Table(name), time, Map.of(), About.NOTHING, Extras.NONE);
        }

        @Override
        public Set<OfflineCapability> expectedCapabilities() {
            return EnumSet.complementOf(EnumSet.of(OfflineCapability.REMOTE_EXPORT));
        }

        @Override
        public String selectAll(DataSource.Batch source) {
            return source.name();
        }

        @Override
        public void close() {}
    }
}
