package dev.manciple.sql;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Decides everything a point-in-time join means, once for all engines: which column is which through field mappings, join-key
 * maps and aliases, TTL, tie-break, created cut-off, output names and order. Touches no database.
 */
public final class PitPlanner {
    /** The time column of a range's rows. */
    public static final String RANGE_TIME = "event_timestamp";

    private PitPlanner() {}

    /**
     * Plans a request over relations that are known.
     *
     * @param spine the entity rows
     * @param timeColumn the spine's time column
     * @param sources the source of each slice of the request, in that order
     * @throws InvalidRequestException naming the column, where it was looked for, and what is there
     */
    public static PitPlan plan(HistoricalRequest request, Relation spine, String timeColumn, List<Relation> sources) {
        refuseReserved(spine);
        Column time = spine.column(timeColumn)
                .orElseThrow(() -> new InvalidRequestException("The entity rows have no time column '%s': they have %s"
                        .formatted(timeColumn, spine.columnList())));
        if (!KeyTypes.isTime(time.type())) {
            throw new InvalidRequestException("The time column '%s' of the entity rows holds %s, not times"
                    .formatted(timeColumn, ArrowTypes.title(time.type())));
        }
        List<SliceJoin> joins = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            joins.add(join(
                    request.slices().get(i),
                    spine,
                    sources.get(i),
                    request.options().filterByCreated()));
        }
        List<Column> returned =
                request.options().firstColumn() ? spine.columns().subList(0, 1) : spine.columns();
        return new PitPlan(
                spine,
                time,
                joins,
                returned,
                output(request, spine, returned, joins),
                request.options().ordered());
    }

    /** The spine columns a range has before {@link #RANGE_TIME}: every join key asked for, in the order first mentioned. */
    public static List<String> rangeKeys(HistoricalRequest request) {
        return request.slices().stream()
                .flatMap(slice -> slice.view().joinKeys().stream().map(slice::spineColumn))
                .distinct()
                .toList();
    }

    /**
     * The rows a range stands for, as a query.
     *
     * @param sources the source of each slice of the request, in that order
     */
    public static Sql rangeSpine(
            HistoricalRequest request, Spine.Range range, List<Relation> sources, Dialect dialect) {
        List<String> keys = rangeKeys(request);
        refuseRangeClash(keys);
        Sql low = Sql.literal(Dialect.micros(range.start()));
        Sql high = Sql.literal(Dialect.micros(range.end()));
        Map<String, Sql> absent = absentKeys(request, sources, dialect);
        List<Sql> parts = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            ViewSlice slice = request.slices().get(i);
            if (keys.isEmpty() || !slice.view().joinKeys().isEmpty()) {
                parts.add(rangePart(slice, sources.get(i), keys, absent, low, high, dialect));
            }
        }
        Sql time = dialect.quote(RANGE_TIME);
        List<Sql> columns = new ArrayList<>(keys.stream().map(dialect::quote).toList());
        columns.add(Sql.of("{} AS {}", dialect.instant(time), time));
        return Sql.of(
                "SELECT DISTINCT {}\nFROM (\n{}\n) AS pairs",
                Sql.join(", ", columns),
                Sql.join("\nUNION ALL\n", parts));
    }

    /** For each key a null of the type it has where it is not absent: some engines take a bare NULL for text. */
    private static Map<String, Sql> absentKeys(HistoricalRequest request, List<Relation> sources, Dialect dialect) {
        Map<String, Sql> absent = new LinkedHashMap<>();
        for (int i = 0; i < sources.size(); i++) {
            ViewSlice slice = request.slices().get(i);
            Relation source = sources.get(i);
            for (String joinKey : slice.view().joinKeys()) {
                Sql column = dialect.quote(
                        columns(slice, source).named(joinKey, "join key").name());
                absent.putIfAbsent(
                        slice.spineColumn(joinKey), Sql.of("(SELECT {} FROM {} AS f LIMIT 0)", column, source.from()));
            }
        }
        return absent;
    }

    private static Sql rangePart(
            ViewSlice slice,
            Relation source,
            List<String> keys,
            Map<String, Sql> absent,
            Sql low,
            Sql high,
            Dialect dialect) {
        SourceColumns columns = columns(slice, source);
        Column event = columns.event();
        Sql micros = dialect.micros(dialect.quote(event.name()), event.type());
        Map<String, Sql> own = new LinkedHashMap<>();
        for (String joinKey : slice.view().joinKeys()) {
            own.put(
                    slice.spineColumn(joinKey),
                    dialect.quote(columns.named(joinKey, "join key").name()));
        }
        List<Sql> selected = new ArrayList<>();
        for (String key : keys) {
            Sql value = own.getOrDefault(key, absent.getOrDefault(key, Sql.of("NULL")));
            selected.add(Sql.of("{} AS {}", value, dialect.quote(key)));
        }
        selected.add(Sql.of("{} AS {}", micros, dialect.quote(RANGE_TIME)));
        List<Sql> present = own.values().stream()
                .map(key -> Sql.of("{} IS NOT NULL AND ", key))
                .toList();
        return Sql.of(
                "SELECT {} FROM {} AS f WHERE {}{} AND {} AND {} BETWEEN {} AND {}",
                Sql.join(", ", selected),
                source.from(),
                Sql.join("", present),
                dialect.atLeast(dialect.quote(event.name()), event.type(), low),
                dialect.atMost(dialect.quote(event.name()), event.type(), high),
                micros,
                low,
                high);
    }

    private static void refuseRangeClash(List<String> keys) {
        if (keys.contains(RANGE_TIME)) {
            throw new InvalidRequestException(
                    "A range of times gives its own column '%s', which a join key asked for has too; map the join key to another name"
                            .formatted(RANGE_TIME));
        }
    }

    private static void refuseReserved(Relation spine) {
        Set<String> names = new HashSet<>();
        for (Column column : spine.columns()) {
            String name = column.field().getName();
            if (Spine.isReserved(name)) {
                throw new InvalidRequestException(
                        "The entity rows have a column '%s': names that start with '%s' are Manciple's own; rename it"
                                .formatted(name, Spine.RESERVED_PREFIX));
            }
            if (!names.add(name)) {
                throw new InvalidRequestException("The entity rows have two columns '%s'".formatted(name));
            }
        }
    }

    private static SliceJoin join(ViewSlice slice, Relation spine, Relation source, boolean filterByCreated) {
        SourceColumns columns = columns(slice, source);
        long ttl = Dialect.micros(slice.view().ttl());
        boolean unbounded = slice.view().ttl().isZero() || ttl == Long.MAX_VALUE;
        return new SliceJoin(
                slice.outputName(),
                source,
                slice.view().joinKeys().stream()
                        .map(joinKey -> key(slice, joinKey, spine, columns))
                        .toList(),
                columns.event(),
                columns.created(),
                unbounded ? OptionalLong.empty() : OptionalLong.of(ttl),
                filterByCreated,
                slice.features().stream()
                        .map(feature -> columns.named(feature.name(), "feature"))
                        .toList());
    }

    private static SliceJoin.Key key(ViewSlice slice, String joinKey, Relation spine, SourceColumns columns) {
        String name = slice.spineColumn(joinKey);
        Column left = spine.column(name)
                .orElseThrow(() -> new InvalidRequestException(
                        "The entity rows have no column '%s', the join key of feature view '%s': they have %s"
                                .formatted(name, slice.outputName(), spine.columnList())));
        Column right = columns.named(joinKey, "join key");
        if (!KeyTypes.comparable(left.type(), right.type())) {
            throw new InvalidRequestException(
                    "The entity rows hold %s in '%s', but the join key '%s' of feature view '%s' is %s in %s: convert one of them"
                            .formatted(
                                    ArrowTypes.title(left.type()),
                                    name,
                                    joinKey,
                                    slice.outputName(),
                                    ArrowTypes.title(right.type()),
                                    columns.relation().title()));
        }
        return new SliceJoin.Key(left, right);
    }

    private static Schema output(
            HistoricalRequest request, Relation spine, List<Column> returned, List<SliceJoin> joins) {
        List<Field> fields =
                new ArrayList<>(returned.stream().map(Column::field).toList());
        Set<String> taken = new HashSet<>();
        spine.columns().forEach(column -> taken.add(column.field().getName()));
        for (int i = 0; i < joins.size(); i++) {
            ViewSlice slice = request.slices().get(i);
            for (int f = 0; f < slice.features().size(); f++) {
                Field found = joins.get(i).features().get(f).field();
                String name = slice.outputColumn(slice.features().get(f), request.fullFeatureNames());
                if (!taken.add(name)) {
                    throw new InvalidRequestException(
                            "Two output columns would be called '%s': ask for full feature names, or rename the column of the entity rows"
                                    .formatted(name));
                }
                fields.add(nullable(name, found));
            }
        }
        return new Schema(fields);
    }

    private static SourceColumns columns(ViewSlice slice, Relation source) {
        DataSource.Batch batch = slice.view()
                .batchSource()
                .orElseThrow(
                        () -> new InvalidRequestException("Feature view '%s' has no batch source to read history from"
                                .formatted(slice.view().name())));
        return new SourceColumns(
                batch, source, "feature view '%s'".formatted(slice.view().name()));
    }

    /** A column of the output that may be null whatever the source says: a row may find nothing. */
    static Field nullable(String name, Field field) {
        return new Field(
                name,
                new FieldType(true, field.getType(), field.getDictionary(), field.getMetadata()),
                field.getChildren());
    }
}
