package dev.manciple.remote.online;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueJson;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values on their way to and from a feature server of Feast's (Feast: online serving, 4.2 and 5). A declared type tells base64
 * from text, seconds from numbers, and fractions from integers. JSON has no word for NaN and the infinities, nor for maps whose
 * keys are no texts: they are refused rather than written as null. Of a zone only the offset arrives; what is in a map is
 * what JSON takes it for.
 */
final class FeastJson {
    /** What Feast's client calls the times of rows of any view. */
    private static final TimeColumns FIXED =
            new TimeColumns("event_timestamp", Optional.of("created"), Optional.empty());

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private FeastJson() {}

    /** {@link Value.Corrupt} if it is not of the type, or the server has no JSON for it. */
    static Value read(JsonNode json, ValueType type) {
        if (json.isNull()) {
            return type == ValueType.ScalarMap.SCALAR_MAP
                    ? new Value.Corrupt("Feast's feature server answers null for every map of scalars")
                    : Value.Null.NULL;
        }
        try {
            return ValueJson.fromJson(MAPPER.convertValue(json, Object.class), type);
        } catch (InvalidRequestException e) {
            return new Value.Corrupt("the server answered with another type: " + e.getMessage());
        }
    }

    /**
     * The body of a write.
     *
     * @throws InvalidRequestException if JSON has no word for a value
     */
    static Map<String, Object> write(FeatureView view, List<OnlineRow> rows) {
        Map<String, Object> columns = new LinkedHashMap<>();
        for (int i = 0; i < view.joinKeys().size(); i++) {
            int position = i;
            Field key = view.entityColumns().get(i);
            columns.put(key.name(), column(rows, row -> json(row.key().values().get(position), view, key)));
        }
        for (int i = 0; i < view.features().size(); i++) {
            int position = i;
            Field feature = view.features().get(i);
            columns.put(feature.name(), column(rows, row -> json(row.values().get(position), view, feature)));
        }
        Function<OnlineRow, @Nullable Object> event = row -> time(row.eventTime());
        Function<OnlineRow, @Nullable Object> created =
                row -> row.created().map(FeastJson::time).orElse(null);
        putTimes(columns, FIXED, rows, event, created);
        // Servers of Feast look for the times under the names the view's source has them by.
        view.batchSource()
                .map(DataSource.Batch::time)
                .filter(time -> !time.event().isBlank())
                .ifPresent(time -> putTimes(columns, time, rows, event, created));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("feature_view_name", view.name());
        body.put("df", columns);
        // What was applied a moment ago is written to.
        body.put("allow_registry_cache", false);
        return body;
    }

    private static void putTimes(
            Map<String, Object> columns,
            TimeColumns names,
            List<OnlineRow> rows,
            Function<OnlineRow, @Nullable Object> event,
            Function<OnlineRow, @Nullable Object> created) {
        columns.putIfAbsent(names.event(), column(rows, event));
        names.created().ifPresent(name -> columns.putIfAbsent(name, column(rows, created)));
    }

    private static List<@Nullable Object> column(List<OnlineRow> rows, Function<OnlineRow, @Nullable Object> cell) {
        List<@Nullable Object> column = new ArrayList<>(rows.size());
        rows.forEach(row -> column.add(cell.apply(row)));
        return column;
    }

    /** In UTC, but without saying so, as Feast's client writes times. */
    private static String time(Instant time) {
        return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
                time.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
    }

    private static @Nullable Object json(Value value, FeatureView view, Field field) {
        Optional<String> unspeakable = unspeakable(value);
        if (unspeakable.isPresent()) {
            throw new InvalidRequestException(
                    "%s of feature view '%s' has %s, for which JSON and so Feast's protocol have no word"
                            .formatted(field.name(), view.name(), unspeakable.get()));
        }
        @Nullable Object json = ValueJson.toJson(value);
        // Maps and structs travel as text.
        return json instanceof Map ? MAPPER.writeValueAsString(json) : json;
    }

    /** What would become null without a word, wherever it is in a value. */
    private static Optional<String> unspeakable(Value value) {
        return switch (value) {
            case Value.Real real ->
                Double.isFinite(real.value()) ? Optional.empty() : Optional.of("the number " + real.value());
            case Value.Entries entries -> Optional.of("a map whose keys are no texts");
            case Value.Corrupt(String reason) -> Optional.of("no value (%s)".formatted(reason));
            case Value.Missing missing -> Optional.of("no value");
            case Value.Many many -> unspeakable(many.values());
            case Value.Keyed keyed -> unspeakable(List.copyOf(keyed.values().values()));
            case Value.Null speakable -> Optional.empty();
            case Value.Int speakable -> Optional.empty();
            case Value.Bool speakable -> Optional.empty();
            case Value.Text speakable -> Optional.empty();
            case Value.Bytes speakable -> Optional.empty();
            case Value.Time speakable -> Optional.empty();
            case Value.ZonedTime speakable -> Optional.empty();
        };
    }

    private static Optional<String> unspeakable(List<Value> values) {
        return values.stream().flatMap(each -> unspeakable(each).stream()).findFirst();
    }
}
