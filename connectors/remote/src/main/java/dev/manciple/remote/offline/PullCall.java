package dev.manciple.remote.offline;

import dev.manciple.model.DataSource;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.PullRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Rows of a source. Servers are asked by the source's own names, so the field mapping is applied here. */
final class PullCall implements Call {
    private final String api;
    private final PullRequest request;
    private final DataSource.Batch source;

    /** @param api the name of the call in Feast's protocol */
    PullCall(String api, PullRequest request) {
        this.api = api;
        this.request = request;
        this.source = request.source();
    }

    @Override
    public String api() {
        return api;
    }

    @Override
    public Map<String, @Nullable Object> parameters() {
        Set<String> keys = new LinkedHashSet<>();
        request.joinKeys().forEach(key -> keys.add(sourceColumn(key)));
        // A column that is a key or a time comes as such, and once.
        Set<String> features = new LinkedHashSet<>();
        request.features().forEach(feature -> features.add(sourceColumn(feature)));
        features.removeAll(keys);
        features.remove(source.time().event());
        source.time().created().ifPresent(features::remove);
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
        parameters.put("data_source_name", source.name());
        parameters.put("join_key_columns", List.copyOf(keys));
        parameters.put("feature_name_columns", List.copyOf(features));
        parameters.put("timestamp_field", source.time().event());
        parameters.put("created_timestamp_column", source.time().created().orElse(null));
        parameters.put("start_date", Times.iso(request.start()));
        parameters.put("end_date", Times.iso(request.end()));
        return parameters;
    }

    private String sourceColumn(Field field) {
        return source.fieldMapping().entrySet().stream()
                .filter(mapped -> mapped.getValue().equals(field.name()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(field.name());
    }

    @Override
    public Set<String> extensions() {
        return Set.of();
    }

    @Override
    public Optional<Sent> rows() {
        return Optional.empty();
    }

    @Override
    public Optional<List<Column>> columns() {
        List<Column> columns = new ArrayList<>();
        request.joinKeys().forEach(key -> columns.add(Column.of(key.name(), sourceColumn(key), key.type())));
        request.features()
                .forEach(feature -> columns.add(Column.of(feature.name(), sourceColumn(feature), feature.type())));
        columns.add(time(PullRequest.EVENT_TIME, source.time().event()));
        source.time().created().ifPresent(created -> columns.add(time(PullRequest.CREATED_TIME, created)));
        return Optional.of(columns);
    }

    private static Column time(String name, String answered) {
        return Column.of(name, answered, ValueType.Scalar.UNIX_TIMESTAMP);
    }

    @Override
    public List<Column> columns(Schema answered) {
        return columns().orElseThrow();
    }

    @Override
    public String purpose() {
        return "read data source '%s'".formatted(source.name());
    }
}
