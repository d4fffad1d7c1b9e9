package dev.manciple.remote.offline;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A point-in-time join. Servers take the column {@code event_timestamp} for the time of entity rows; so rows travel under names in
 * which that is the time, and come back under their own.
 */
final class HistoricalCall implements Call {
    private static final String EVENT_TIMESTAMP = "event_timestamp";

    private static final String JOIN_KEY_MAPS = "join_key_maps";
    private static final String TIME_COLUMN = "event_timestamp_column";
    private static final String FILTER_BY_CREATED = "filter_by_created_timestamp";

    private final HistoricalRequest request;
    private final String project;
    private final Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
    private final Set<String> extensions = new HashSet<>();
    private final Map<String, String> travelling;

    HistoricalCall(HistoricalRequest request, String project) {
        this(request, project, request.spine() instanceof Spine.Rows rows ? travelling(rows) : Map.of());
    }

    private HistoricalCall(HistoricalRequest request, String project, Map<String, String> travelling) {
        this.request = request;
        this.project = project;
        this.travelling = travelling;
        List<@Nullable String> aliases = new ArrayList<>();
        List<String> features = new ArrayList<>();
        List<Map<String, String>> joinKeyMaps = new ArrayList<>();
        for (ViewSlice slice : request.slices()) {
            aliases.add(slice.outputName().equals(slice.view().name()) ? null : slice.outputName());
            slice.features().forEach(feature -> features.add(slice.outputName() + ":" + feature.name()));
            joinKeyMaps.add(joinKeyMap(slice));
        }
        parameters.put(
                "feature_view_names",
                request.slices().stream().map(slice -> slice.view().name()).toList());
        parameters.put("name_aliases", aliases);
        parameters.put("feature_refs", features);
        parameters.put("project", project);
        parameters.put("full_feature_names", request.fullFeatureNames());
        if (joinKeyMaps.stream().anyMatch(map -> !map.isEmpty())) {
            extend(JOIN_KEY_MAPS, joinKeyMaps);
        }
        if (request.options().filterByCreated()) {
            extend(FILTER_BY_CREATED, true);
        }
        addSpine(request.spine());
    }

    private void addSpine(Spine spine) {
        switch (spine) {
            case Spine.Rows rows -> {
                if (!travelling(rows.timeColumn()).equals(EVENT_TIMESTAMP)) {
                    extend(TIME_COLUMN, rows.timeColumn());
                }
            }
            case Spine.Query query -> {
                parameters.put("entity_df_sql", query.sql());
                if (!query.timeColumn().equals(EVENT_TIMESTAMP)) {
                    extend(TIME_COLUMN, query.timeColumn());
                }
            }
            case Spine.Range range -> {
                parameters.put("start_date", Times.iso(range.start()));
                parameters.put("end_date", Times.iso(range.end()));
            }
        }
    }

    private void extend(String parameter, Object value) {
        parameters.put(parameter, value);
        extensions.add(parameter);
    }

    /** The names of the entity rows' columns on the way. */
    private static Map<String, String> travelling(Spine.Rows rows) {
        Set<String> taken = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        if (rows.schema().getFields().stream()
                .noneMatch(field -> field.getName().equals(rows.timeColumn()))) {
            throw new InvalidRequestException("The entity rows have no time column '%s', only %s"
                    .formatted(
                            rows.timeColumn(),
                            rows.schema().getFields().stream()
                                    .map(org.apache.arrow.vector.types.pojo.Field::getName)
                                    .toList()));
        }
        rows.schema().getFields().forEach(field -> taken.add(field.getName()));
        taken.add(EVENT_TIMESTAMP);
        Map<String, String> names = new HashMap<>();
        for (org.apache.arrow.vector.types.pojo.Field field : rows.schema().getFields()) {
            String name = field.getName();
            if (name.equals(rows.timeColumn())) {
                names.put(name, EVENT_TIMESTAMP);
            } else if (name.equalsIgnoreCase(EVENT_TIMESTAMP)) {
                names.put(name, unused(name, taken));
            } else {
                names.put(name, name);
            }
        }
        return names;
    }

    private static String unused(String name, Set<String> taken) {
        String candidate = name + "_2";
        for (int n = 3; !taken.add(candidate); n++) {
            candidate = name + "_" + n;
        }
        return candidate;
    }

    private String travelling(String column) {
        return travelling.getOrDefault(column, column);
    }

    /** Join keys whose values are in columns of other names, on the way at least. */
    private Map<String, String> joinKeyMap(ViewSlice slice) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String key : slice.view().joinKeys()) {
            String column = travelling(slice.spineColumn(key));
            if (!column.equals(key)) {
                map.put(key, column);
            }
        }
        return map;
    }

    /** With the rows under their own names, under which the result is to stay at the server. */
    @Override
    public Call kept() {
        return new HistoricalCall(request, project, Map.of());
    }

    @Override
    public String api() {
        return "get_historical_features";
    }

    @Override
    public Map<String, @Nullable Object> parameters() {
        return parameters;
    }

    @Override
    public Set<String> extensions() {
        return extensions;
    }

    @Override
    public Optional<Sent> rows() {
        return request.spine() instanceof Spine.Rows rows ? Optional.of(new Rows(rows)) : Optional.empty();
    }

    private final class Rows implements Sent {
        private final Spine.Rows rows;

        Rows(Spine.Rows rows) {
            this.rows = rows;
        }

        @Override
        public Schema schema() {
            return new Schema(rows.schema().getFields().stream()
                    .map(field -> new org.apache.arrow.vector.types.pojo.Field(
                            travelling(field.getName()), field.getFieldType(), field.getChildren()))
                    .toList());
        }

        @Override
        public ArrowReader open() {
            return rows.reader().get();
        }
    }

    @Override
    public Optional<List<Column>> columns() {
        List<Column> columns = new ArrayList<>();
        switch (request.spine()) {
            case Spine.Rows rows ->
                rows.schema().getFields().forEach(field -> columns.add(Column.as(field, travelling(field.getName()))));
            case Spine.Query query -> {
                return Optional.empty();
            }
            case Spine.Range range -> columns.addAll(made());
        }
        columns.addAll(features());
        return Optional.of(columns);
    }

    /** The columns a server makes up for a range of time. */
    private List<Column> made() {
        Map<String, ValueType> keys = new LinkedHashMap<>();
        for (ViewSlice slice : request.slices()) {
            for (Field key : slice.view().entityColumns()) {
                keys.putIfAbsent(slice.spineColumn(key.name()), key.type());
            }
        }
        List<Column> columns = new ArrayList<>();
        keys.forEach((name, type) -> columns.add(Column.of(name, name, type)));
        columns.add(Column.of(EVENT_TIMESTAMP, EVENT_TIMESTAMP, ValueType.Scalar.UNIX_TIMESTAMP));
        return columns;
    }

    private List<Column> features() {
        List<Column> columns = new ArrayList<>();
        for (ViewSlice slice : request.slices()) {
            for (Field feature : slice.features()) {
                String name = slice.outputColumn(feature, request.fullFeatureNames());
                columns.add(Column.of(name, name, feature.type()));
            }
        }
        return columns;
    }

    @Override
    public List<Column> columns(Schema answered) {
        return columns().orElseGet(() -> {
            List<Column> features = features();
            Set<String> names = new HashSet<>();
            features.forEach(feature -> names.add(feature.answered()));
            List<Column> columns = new ArrayList<>();
            answered.getFields().stream()
                    .filter(field -> !names.contains(field.getName()))
                    .forEach(field -> columns.add(Column.as(field, field.getName())));
            columns.addAll(features);
            return columns;
        });
    }

    @Override
    public String purpose() {
        return "join features";
    }
}
