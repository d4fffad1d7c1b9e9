package dev.manciple.hybrid.offline;

import dev.manciple.duckdb.Scratch;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.Interval;
import dev.manciple.spi.Spine;
import dev.manciple.sql.Carriage;
import dev.manciple.sql.Column;
import dev.manciple.sql.RetypedReader;
import dev.manciple.sql.Sql;
import dev.manciple.sql.Types;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The entity rows, written once, from which every child is given the columns it needs and beside which all results are put. A row's
 * id is its place in the table, counted from zero, which the engine keeps: no two readers can number the rows differently.
 */
final class SpineSpool {
    private static final String TABLE = "spine";

    private final Scratch scratch;
    private final BufferAllocator allocator;
    private final List<Column> columns;
    private final Schema schema;
    private final String time;

    /** Once there are rows; views of one entity ask for the same columns. */
    private final Map<List<String>, Long> differences = new ConcurrentHashMap<>();

    SpineSpool(Scratch scratch, BufferAllocator allocator, Schema schema, String timeColumn) {
        this.scratch = scratch;
        this.allocator = allocator;
        this.columns = Carriage.columns(schema);
        this.schema = schema;
        this.time = timeColumn;
    }

    /** The column of row ids: a name no entity row has. */
    static Field rowId(Schema spine) {
        String name = Spine.ROW_ID;
        for (int n = 2; taken(spine, name); n++) {
            name = Spine.ROW_ID + n;
        }
        return Field.nullable(name, new ArrowType.Int(64, true));
    }

    private static boolean taken(Schema spine, String name) {
        return spine.getFields().stream().anyMatch(field -> field.getName().equalsIgnoreCase(name));
    }

    /**
     * Writes the rows.
     *
     * @param rows of the schema promised; read to the end, not closed
     */
    void write(ArrowReader rows, Schema promised) throws IOException {
        Schema given = rows.getVectorSchemaRoot().getSchema();
        if (!Types.same(given, promised)) {
            throw new InvalidRequestException(
                    "The entity rows were announced as %s but are %s".formatted(promised, given));
        }
        try (ArrowReader travelling =
                RetypedReader.over(rows, Positional.of(schema).travelling())) {
            scratch.load(TABLE, travelling, List.of(Sql.of("*")));
        }
    }

    /** Writes the rows of a query over the scratch's own tables, whose columns are those of the schema by name. */
    void write(Sql query) {
        List<Sql> selected = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            selected.add(Sql.of("{} AS {}", Scratch.quote(columns.get(i).field().getName()), Positional.name(i)));
        }
        scratch.execute(Sql.of(
                "CREATE TABLE {} AS SELECT {} FROM ({}) AS rows",
                scratch.table(TABLE),
                Sql.join(", ", selected),
                query));
    }

    long rows() {
        return Long.parseLong(scratch.row(Sql.of("SELECT count(*) AS n FROM {}", scratch.table(TABLE)))
                .getOrDefault("n", "0"));
    }

    /** The earliest and latest time of the rows; empty if none has one. */
    Optional<Interval> times() {
        int place = place(time);
        return scratch.times(TABLE, Positional.name(place), columns.get(place).type());
    }

    /** About how many different values some columns have together. */
    long different(List<String> names) {
        return differences.computeIfAbsent(names, this::countDifferent);
    }

    private long countDifferent(List<String> names) {
        List<Sql> columns = names.stream().map(this::column).toList();
        return Long.parseLong(
                scratch.row(Sql.of("SELECT approx_count_distinct(({})) AS n FROM {}", Sql.join(", ", columns), table()))
                        .getOrDefault("n", "0"));
    }

    /** Some columns, each combination of values once. */
    ArrowReader distinct(Schema wanted, Meter meter) {
        List<Sql> columns = wanted.getFields().stream()
                .map(Field::getName)
                .map(this::column)
                .toList();
        Sql query = Sql.of("SELECT DISTINCT {} FROM {}", Sql.join(", ", columns), table());
        return new MeteredReader(scratch.query(query, wanted, allocator), allocator, meter);
    }

    Sql table() {
        return scratch.table(TABLE);
    }

    /** The columns of the table, in the order of the rows. */
    List<Sql> columns() {
        return IntStream.range(0, columns.size()).mapToObj(Positional::name).toList();
    }

    /** The row id and some columns, as a child is sent them: in any order of rows, as often as it asks. */
    Spine.Rows thin(Schema thin, String timeColumn, Meter meter) {
        List<Sql> selected = new ArrayList<>();
        selected.add(Scratch.PLACE);
        thin.getFields().stream().skip(1).map(Field::getName).map(this::column).forEach(selected::add);
        Sql query = Sql.of("SELECT {} FROM {}", Sql.join(", ", selected), table());
        return new Spine.Rows(
                thin, timeColumn, () -> new MeteredReader(scratch.query(query, thin, allocator), allocator, meter));
    }

    private Sql column(String name) {
        return Positional.name(place(name));
    }

    private int place(String name) {
        return IntStream.range(0, columns.size())
                .filter(i -> columns.get(i).field().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException("The entity rows have no column '%s'".formatted(name)));
    }
}
