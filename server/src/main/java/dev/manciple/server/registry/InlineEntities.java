package dev.manciple.server.registry;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.server.ServerOptions;
import dev.manciple.spi.Value;
import dev.manciple.wire.proto.RegistryServerProto.CreateDatasetFromRetrievalRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Entity rows a request brings as text: the values of one key parted by commas or lines, of several keys a line per row, and
 * columns that have one value in all rows.
 */
final class InlineEntities {
    /** The column of times. */
    static final String TIME = "event_timestamp";

    private final CreateDatasetFromRetrievalRequest request;
    private final Set<String> typed;
    private final int limit;
    private final long limitBytes;

    /**
     * @param typed columns whose types are known; text of others is taken for numbers if it reads as such, as in Feast
     * @param limits of rows, a tenth of the values, and the bytes of all rows
     */
    InlineEntities(CreateDatasetFromRetrievalRequest request, Set<String> typed, ServerOptions.Limits limits) {
        this.request = request;
        this.typed = typed;
        this.limit = limits.rows();
        this.limitBytes = limits.bodyBytes();
    }

    /**
     * One map per row, by column.
     *
     * @param now the time of rows that are given none
     */
    List<Map<String, @Nullable Object>> rows(Instant now) {
        List<String> keys =
                request.getEntityKeysList().stream().map(String::strip).toList();
        if (keys.isEmpty() || keys.contains("")) {
            throw new InvalidRequestException("entity_keys must name the columns that entity_values are of");
        }
        List<List<@Nullable String>> values = values(keys);
        Map<String, String> constants = constants();
        requireSize(values.size(), keys.size() + constants.size());
        requireBytes(values.size(), constants);
        Map<String, Function<String, Object>> meanings = new LinkedHashMap<>();
        for (int key = 0; key < keys.size(); key++) {
            int column = key;
            add(
                    meanings,
                    keys.get(key),
                    values.stream().map(row -> row.get(column)).toList());
        }
        constants.forEach((name, value) -> add(meanings, name, List.of(value)));
        if (meanings.containsKey(TIME)) {
            throw twice(TIME);
        }
        List<Instant> times = times(values.size(), now);
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (int row = 0; row < values.size(); row++) {
            Map<String, @Nullable Object> cells = LinkedHashMap.newLinkedHashMap(meanings.size() + 1);
            for (int key = 0; key < keys.size(); key++) {
                cells.put(
                        keys.get(key),
                        cell(meanings, keys.get(key), values.get(row).get(key)));
            }
            cells.put(TIME, times.get(row));
            constants.forEach((name, value) -> cells.put(name, cell(meanings, name, value)));
            rows.add(cells);
        }
        return rows;
    }

    private static @Nullable Object cell(
            Map<String, Function<String, Object>> meanings, String column, @Nullable String text) {
        Function<String, Object> meaning = meanings.get(column);
        return text == null || meaning == null ? null : meaning.apply(text);
    }

    private void add(
            Map<String, Function<String, Object>> meanings, String column, List<? extends @Nullable String> texts) {
        Function<String, Object> meaning = text -> text;
        if (!typed.contains(column)) {
            meaning = texts.stream().allMatch(text -> text == null || isWhole(text))
                    ? Long::valueOf
                    : texts.stream().allMatch(text -> text == null || isNumber(text)) ? Double::valueOf : meaning;
        }
        if (meanings.put(column, meaning) != null) {
            throw twice(column);
        }
    }

    private static boolean isWhole(String text) {
        return text.matches("[+-]?\\d{1,18}");
    }

    private static boolean isNumber(String text) {
        return text.matches("[+-]?(\\d++(\\.\\d*+)?|\\.\\d++)([eE][+-]?\\d{1,3})?");
    }

    private static InvalidRequestException twice(String column) {
        return new InvalidRequestException(
                "The entity rows would have two columns '%s': keys, extra_columns and the time need names of their own"
                        .formatted(column));
    }

    private List<List<@Nullable String>> values(List<String> keys) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        boolean single = keys.size() == 1;
        for (String text : request.getEntityValues().split(single ? "[,\n]" : "\n", -1)) {
            if (!text.isBlank()) {
                if (rows.size() == limit) {
                    throw new InvalidRequestException(
                            "entity_values has more than %d rows, as many as a request may have".formatted(limit));
                }
                rows.add(single ? List.of(text.strip()) : row(text, keys, rows.size() + 1));
            }
        }
        if (rows.isEmpty()) {
            throw new InvalidRequestException("entity_values has no value");
        }
        return rows;
    }

    /** What is empty or missing at the end is null. */
    private static List<@Nullable String> row(String line, List<String> keys, int number) {
        String[] parts = line.split(",", -1);
        if (parts.length > keys.size()) {
            throw new InvalidRequestException("Row %d of entity_values has %d values for the %d entity_keys %s"
                    .formatted(number, parts.length, keys.size(), keys));
        }
        List<@Nullable String> row = new ArrayList<>();
        for (int key = 0; key < keys.size(); key++) {
            row.add(key < parts.length && !parts[key].isBlank() ? parts[key].strip() : null);
        }
        return row;
    }

    /** Lines of {@code column=value}. */
    private Map<String, String> constants() {
        Map<String, String> constants = new LinkedHashMap<>();
        for (String line : request.getExtraColumns().split("\n", -1)) {
            if (line.isBlank()) {
                continue;
            }
            int equals = line.indexOf('=');
            String name = equals < 0 ? "" : line.substring(0, equals).strip();
            if (name.isEmpty()) {
                throw new InvalidRequestException("extra_columns must have lines of column=value");
            }
            if (constants.put(name, line.substring(equals + 1).strip()) != null) {
                throw twice(name);
            }
        }
        return constants;
    }

    private void requireSize(int rows, int columns) {
        if ((long) rows * columns > 10L * limit) {
            throw new InvalidRequestException(
                    "%d entity rows of %d columns are more than the %d values a request may have"
                            .formatted(rows, columns, 10L * limit));
        }
    }

    /** What is sent once is there in each row. */
    private void requireBytes(int rows, Map<String, String> constants) {
        long each = constants.values().stream().mapToLong(String::length).sum();
        if (rows * each + request.getEntityValues().length() > limitBytes) {
            throw new InvalidRequestException(
                    "extra_columns of %d characters in each of %d entity rows are more than the %d bytes a request may have"
                            .formatted(each, rows, limitBytes));
        }
    }

    /** With both ends the rows are spread evenly from one to the other, and a single one has the end. */
    private List<Instant> times(int rows, Instant now) {
        boolean begins = !request.getStartDate().isBlank();
        boolean ends = !request.getEndDate().isBlank();
        if (begins && !ends) {
            throw new InvalidRequestException("start_date needs an end_date");
        }
        Instant end = ends ? time(request.getEndDate(), "end_date") : now;
        Instant start = begins ? time(request.getStartDate(), "start_date") : end;
        if (end.isBefore(start)) {
            throw new InvalidRequestException("end_date (%s) is before start_date (%s)".formatted(end, start));
        }
        List<Instant> times = new ArrayList<>();
        for (int row = 0; row < rows - 1; row++) {
            times.add(start.plus(Duration.between(start, end).multipliedBy(row).dividedBy(rows - 1L))
                    .truncatedTo(ChronoUnit.MICROS));
        }
        times.add(end);
        return times;
    }

    private static Instant time(String text, String field) {
        Value time = ArrowValues.convert(new Value.Text(text.strip()), ValueType.Scalar.UNIX_TIMESTAMP, field);
        if (time instanceof Value.Time(Instant instant)) {
            return instant;
        }
        throw new InvalidRequestException("%s is no time, such as 2026-01-31T12:00:00Z".formatted(field));
    }
}
