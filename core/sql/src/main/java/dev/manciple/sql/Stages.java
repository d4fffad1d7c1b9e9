package dev.manciple.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * What all strategies share: the spine is written once into a temporary relation with a row id and its time in microseconds, for some
 * also as the engine has times, and the rows that are found for each view are put together with it in one query. A row id is a
 * stored value, which two readers cannot number differently.
 */
final class Stages {
    static final String SPINE = "__spine";
    static final String ROW = "__row";
    static final String AT = "__at";
    static final String INSTANT = "__instant";
    static final String UTC = "__utc";
    static final String CREATED = "__created";

    private static final String FIRST = "__first";
    private static final String LAST = "__last";

    private final PitPlan plan;
    private final Dialect dialect;

    Stages(PitPlan plan, Dialect dialect) {
        this.plan = plan;
        this.dialect = dialect;
    }

    /** Finds the rows of one view by statements of its own, so that the engine works on one view at a time. */
    interface ViewJoin {
        /**
         * The statements that create {@code rows}: the id of each spine row that finds something, once, and the features.
         *
         * @param index tells the view's relations from those of others
         */
        List<Sql> find(SliceJoin join, int index, Sql rows);
    }

    /** @param preparation run once the spine is there, before any view's rows are looked for */
    Script script(List<Sql> preparation, ViewJoin views) {
        List<Sql> setup = begin(!plan.joins().isEmpty(), Sql.of(""));
        setup.addAll(preparation);
        List<Sql> found = new ArrayList<>();
        for (int i = 0; i < plan.joins().size(); i++) {
            Sql rows = quote("__rows_" + i);
            setup.addAll(views.find(plan.joins().get(i), i, rows));
            found.add(rows);
        }
        Sql row = quote(ROW);
        return new Script(
                setup,
                assemble(
                        quote(SPINE),
                        found,
                        found.stream()
                                .map(rows -> Sql.of("\nLEFT JOIN {} ON {}.{} = s.{}", rows, rows, row, row))
                                .toList()));
    }

    /**
     * The statements that everything else builds on.
     *
     * @param bounded whether {@link #inReach} is going to be asked for
     * @param query what is going to name forms of the spine's {@link #time}, if anything is
     */
    List<Sql> begin(boolean bounded, Sql query) {
        List<Sql> setup = new ArrayList<>();
        if (!isThere()) {
            setup.add(spine(query));
        }
        if (bounded) {
            setup.add(remember(FIRST, Sql.of("SELECT min({}) FROM {}", quote(AT), quote(SPINE))));
            setup.add(remember(LAST, Sql.of("SELECT max({}) FROM {}", quote(AT), quote(SPINE))));
        }
        return setup;
    }

    /** Whether the entity rows were brought in as {@link NumberedRows}, under the spine's own name. */
    private boolean isThere() {
        return plan.spine().from().equals(quote(SPINE));
    }

    /** The spine's columns by the names the engine knows, its row id, its time, and the forms of that which a query names. */
    private Sql spine(Sql query) {
        Column time = plan.time();
        Sql column = Sql.of("s.{}", quote(time.name()));
        Sql instant = dialect.instant(column, time.type());
        List<Sql> forms = new ArrayList<>();
        if (names(query, INSTANT)) {
            forms.add(Sql.of(", {} AS {}", instant, quote(INSTANT)));
        }
        if (names(query, UTC)) {
            forms.add(Sql.of(", {} AS {}", dialect.utc(instant), quote(UTC)));
        }
        return dialect.createTemporary(
                quote(SPINE),
                Sql.of(
                        "SELECT row_number() OVER () AS {}, {} AS {}, s.*{} FROM {} AS s",
                        quote(ROW),
                        dialect.micros(column, time.type()),
                        quote(AT),
                        Sql.join("", forms),
                        plan.spine().from()));
    }

    private boolean names(Sql query, String column) {
        return query.text().contains(quote(column).text());
    }

    /** The time of the spine row {@code s}. */
    Moment time() {
        return new Moment(Sql.of("s.{}", quote(AT)), Sql.of("s.{}", quote(INSTANT)), Sql.of("s.{}", quote(UTC)));
    }

    /**
     * The query for the result.
     *
     * @param spine the spine's rows, in any order
     * @param found what has the features of each view
     * @param joins how each of those joins the spine row {@code s}, of which it must leave none out and double none
     */
    Sql assemble(Sql spine, List<Sql> found, List<Sql> joins) {
        List<Sql> columns = new ArrayList<>();
        for (Column column : plan.returned()) {
            columns.add(Sql.of(
                    "s.{} AS {}",
                    quote(column.name()),
                    dialect.outputName(column.field().getName())));
        }
        List<Field> fields = plan.output().getFields();
        for (int i = 0; i < found.size(); i++) {
            for (int f = 0; f < plan.joins().get(i).features().size(); f++) {
                String name = fields.get(columns.size()).getName();
                columns.add(Sql.of("{}.{} AS {}", found.get(i), feature(f), dialect.outputName(name)));
            }
        }
        return Sql.of(
                "SELECT {}\nFROM {} AS s{}{}",
                Sql.join(", ", columns),
                spine,
                Sql.join("", joins),
                plan.ordered() ? Sql.of("\nORDER BY s.{}", quote(ROW)) : Sql.of(""));
    }

    Sql createTemporary(Sql name, Sql query) {
        return dialect.createTemporary(name, query);
    }

    Sql remember(String variable, Sql query) {
        return dialect.remember(variable, query);
    }

    Sql recall(String variable) {
        return dialect.recall(variable);
    }

    Sql quote(String name) {
        return dialect.quote(name);
    }

    Sql key(int index) {
        return quote("key_" + index);
    }

    Sql feature(int index) {
        return quote("feature_" + index);
    }

    /** The source's keys under names of our own, which no column of a user's can clash with. */
    List<Sql> keys(SliceJoin join) {
        return IntStream.range(0, join.keys().size())
                .mapToObj(k -> Sql.of("{} AS {}", source(join.keys().get(k).source()), key(k)))
                .toList();
    }

    /** The features, likewise. */
    List<Sql> features(SliceJoin join) {
        return IntStream.range(0, join.features().size())
                .mapToObj(f -> Sql.of("{} AS {}", source(join.features().get(f)), feature(f)))
                .toList();
    }

    /** The created time in microseconds, null in sources that have none. */
    Sql created(SliceJoin join) {
        return Sql.of("{} AS {}", join.created().map(this::micros).orElseGet(() -> Sql.of("NULL")), quote(CREATED));
    }

    /** A column of the source row {@code f}. */
    Sql source(Column column) {
        return Sql.of("f.{}", quote(column.name()));
    }

    /** A join key of the spine row called {@code row}. */
    Sql spine(Sql row, Column key) {
        return dialect.entityKey(Sql.of("{}.{}", row, quote(key.name())), key.type());
    }

    Sql micros(Column column) {
        return dialect.micros(source(column), column.type());
    }

    /** The event time of the source row {@code f}, to be compared with what {@link #moment} gives. */
    Sql event(SliceJoin join) {
        return dialect.comparable(source(join.event()), join.event().type());
    }

    Sql moment(SliceJoin join, Sql micros) {
        return dialect.moment(micros, join.event().type());
    }

    /** What can be said of a source row {@code f} alone: it lies within reach of some spine row, and its keys are asked for. */
    Sql reachable(SliceJoin join) {
        Sql keys = Sql.join(
                " AND ",
                join.keys().stream()
                        .map(key -> Sql.of("{} = {}", spine(Sql.of("k"), key.spine()), source(key.source()))));
        return join.keys().isEmpty()
                ? inReach(join)
                : Sql.of("{}\n  AND EXISTS (SELECT 1 FROM {} AS k WHERE {})", inReach(join), quote(SPINE), keys);
    }

    /** The part of {@link #reachable} about time. */
    Sql inReach(SliceJoin join) {
        Column event = join.event();
        OptionalLong ttl = join.ttl();
        Sql earliest = ttl.isPresent() ? notBefore(recall(FIRST), ttl.getAsLong()) : Sql.literal(Dialect.EARLIEST);
        return Sql.of(
                "{} AND {} AND {} IS NOT NULL",
                dialect.atMost(source(event), event.type(), recall(LAST)),
                dialect.atLeast(source(event), event.type(), earliest),
                event(join));
    }

    /** The time a TTL before another, without running below the earliest there is. */
    static Sql notBefore(Sql micros, long ttl) {
        return Sql.of("greatest({}, {}) - {}", micros, Sql.literal(Dialect.EARLIEST + ttl), Sql.literal(ttl));
    }
}
