package dev.manciple.retrieve;

import dev.manciple.FeatureSelection;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.local.Engine;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.transform.OnDemandInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Makes the entity rows of a historical request. The time is the column {@code event_timestamp}, else the only one of a time
 * type. Columns that are keys of the features asked for are read as the keys' declared types where the rows have none of their
 * own, so that a zip code in a CSV file keeps its zeros; columns of CSV files that are no such key stay the text they are.
 * Thread-safe.
 */
public final class EntityRows {
    private static final int ROWS_PER_BATCH = 8_192;

    private final Supplier<RegistrySnapshot> snapshots;
    private final Engine engine;
    private final BufferAllocator allocator;

    /** Nothing given is closed. The allocator owns the batches of the readers. */
    public EntityRows(Supplier<RegistrySnapshot> snapshots, Engine engine, BufferAllocator allocator) {
        this.snapshots = snapshots;
        this.engine = engine;
        this.allocator = allocator;
    }

    /**
     * The rows of a Parquet, CSV or Arrow file, by its suffix. Times written as text are parsed as ISO 8601, without a zone as
     * UTC.
     *
     * @param features what will be asked of the rows
     * @throws InvalidRequestException if the format or the time column cannot be told; while rows are read, naming row and
     *     value, if a time cannot be parsed
     */
    public Spine.Rows file(Path file, FeatureSelection features) {
        if (!Files.isRegularFile(file)) {
            throw new NotFoundException("Entity file", file.toString());
        }
        FileFormat format = FileFormat.of(file);
        Map<String, ValueType> types = format == FileFormat.CSV ? csvTypes(file, features) : Map.of();
        Schema schema = engine.schema(file, format.engineName(), types);
        Supplier<ArrowReader> reader = () -> engine.read(file, format.engineName(), types, allocator);
        String time = SpineCheck.timeColumn(schema);
        return ParsedTimes.canParse(schema.findField(time))
                ? new Spine.Rows(
                        ParsedTimes.schema(schema, time),
                        time,
                        () -> new ParsedTimes(reader.get(), time, file, allocator))
                : new Spine.Rows(schema, time, reader, Optional.of(file));
    }

    /**
     * How to read the columns of a CSV file: those nobody computes with as text, so that they come back as they are. The time is
     * left to what its text tells, so that days stay days.
     */
    private Map<String, ValueType> csvTypes(Path file, FeatureSelection features) {
        Map<String, ValueType> types = declared(features);
        Schema found = engine.schema(file, FileFormat.CSV.engineName(), types);
        String time = SpineCheck.timeColumn(found);
        for (org.apache.arrow.vector.types.pojo.Field column : found.getFields()) {
            if (!column.getName().equals(time)) {
                types.putIfAbsent(column.getName(), ValueType.Scalar.STRING);
            }
        }
        return types;
    }

    /** Rows the caller can read as often as the supplier is asked; it may be asked from any thread. */
    public Spine.Rows reader(Schema schema, Supplier<ArrowReader> reader) {
        return new Spine.Rows(schema, SpineCheck.timeColumn(schema), reader);
    }

    /**
     * Rows held in memory, of values or of plain Java objects: numbers, text, booleans, bytes, {@code java.time} and
     * {@code java.util.Date} times, lists, maps. A column a row lacks is null. Columns keep the order they are first met in.
     *
     * @param features what will be asked of the rows
     */
    public Spine.Rows rows(List<? extends Map<String, ? extends @Nullable Object>> rows, FeatureSelection features) {
        Set<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.addAll(row.keySet()));
        if (names.isEmpty()) {
            throw new InvalidRequestException("The entity rows have no columns");
        }
        Map<String, ValueType> types = new LinkedHashMap<>(declared(features));
        // Times may come as text.
        types.put(SpineCheck.EVENT_TIMESTAMP, ValueType.Scalar.UNIX_TIMESTAMP);
        List<List<Value>> columns = new ArrayList<>();
        List<org.apache.arrow.vector.types.pojo.Field> fields = new ArrayList<>();
        for (String name : names) {
            List<Value> given =
                    rows.stream().map(row -> JavaValues.of(row.get(name))).toList();
            ValueType type = Objects.requireNonNullElseGet(types.get(name), () -> JavaValues.type(name, given));
            fields.add(ArrowTypes.arrow(name, type));
            columns.add(converted(given, type, name));
        }
        List<List<Value>> values = IntStream.range(0, rows.size())
                .mapToObj(row -> columns.stream().map(column -> column.get(row)).toList())
                .toList();
        Schema schema = new Schema(fields);
        return reader(schema, () -> ArrowRows.reader(allocator, schema, values, ROWS_PER_BATCH));
    }

    private static List<Value> converted(List<Value> given, ValueType type, String column) {
        List<Value> values = new ArrayList<>(given.size());
        String place = "Column '%s'".formatted(column);
        for (Value value : given) {
            try {
                values.add(ArrowValues.convert(value, type, place));
            } catch (InvalidRequestException e) {
                throw new InvalidRequestException("Row %d: %s".formatted(values.size() + 1, e.getMessage()), e);
            }
        }
        return values;
    }

    /** The rows of a query in the offline store's own dialect, whose time is the column {@code event_timestamp}. */
    public static Spine.Query sql(String query) {
        return new Spine.Query(query, SpineCheck.EVENT_TIMESTAMP);
    }

    /** What the features take from the entity rows: column to type. */
    private Map<String, ValueType> declared(FeatureSelection features) {
        FeaturePlan plan = new RequestPlanner(snapshots.get()).plan(features, true);
        Map<String, ValueType> types = new LinkedHashMap<>();
        for (ViewSlice slice : plan.slices()) {
            for (Field key : slice.view().entityColumns()) {
                types.put(slice.spineColumn(key.name()), key.type());
            }
        }
        for (OnDemandInput.FromRequest input : plan.requestInputs()) {
            types.put(input.name(), input.type());
        }
        return types;
    }
}
