package dev.manciple.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * What all strategies share: the spine is written once into a temporary relation with a row id and its time in microseconds, each
 * view's rows are found by statements of their own, and all are put together by row id in one query. So the engine works on one
 * view at a time, and a row id is a stored value, which two readers cannot number differently.
 */
final class Stages {
    static final String SPINE = "__spine";
    static final String ROW = "__row";
    static final String AT = "__at";
    static final String CREATED = "__created";

    private static final String FIRST = "__first";
    private static final String LAST = "__last";

    private final PitPlan plan;
    private final Dialect dialect;

    Stages(PitPlan plan, Dialect dialect) {
        this.plan = plan;
        this.dialect = dialect;
    }

    /**
     * How the rows of one view are found.
     *
     * @param setup run before the query
     * @param joins joins for each spine row {@code s} at most one row that has the features
     * @param rows what the joined row is called
     */
    record ViewRows(List<Sql> setup, Sql joins, Sql rows) {}

    /** Finds the rows of one view. */
    interface ViewJoin {
        ViewRows find(SliceJoin join, int index);
    }

    Script script(ViewJoin views) {
        List<Sql> setup = new ArrayList<>();
        setup.add(spine());
        setup.add(dialect.remember(FIRST, Sql.of("SELECT min({}) FROM {}", quote(AT), quote(SPINE))));
        setup.add(dialect.remember(LAST, Sql.of("SELECT max({}) FROM {}", quote(AT), quote(SPINE))));
        List<ViewRows> found = new ArrayList<>();
        for (int i = 0; i < plan.joins().size(); i++) {
            ViewRows rows = views.find(plan.joins().get(i), i);
            setup.addAll(rows.setup());
            found.add(rows);
        }
        return new Script(setup, assemble(found));
    }

    /** The spine's columns by the names the engine knows, its row id and its time. */
    private Sql spine() {
        Column time = plan.time();
        return dialect.createTemporary(
                quote(SPINE),
                Sql.of(
                        "SELECT row_number() OVER () AS {}, {} AS {}, s.* FROM {} AS s",
                        quote(ROW),
                        dialect.micros(Sql.of("s.{}", quote(time.name())), time.type()),
                        quote(AT),
                        plan.spine().from()));
    }

    private Sql assemble(List<ViewRows> found) {
        List<Sql> columns = new ArrayList<>();
        for (Column column : plan.spine().columns()) {
            columns.add(Sql.of(
                    "s.{} AS {}", quote(column.name()), dialect.outputName(column.field().getName())));
        }
        List<Field> fields = plan.output().getFields();
        for (int i = 0; i < found.size(); i++) {
            for (int f = 0; f < plan.joins().get(i).features().size(); f++) {
                String name = fields.get(columns.size()).getName();
                columns.add(Sql.of("{}.{} AS {}", found.get(i).rows(), feature(f), dialect.outputName(name)));
            }
        }
        return Sql.of(
                "SELECT {}\nFROM {} AS s{}{}",
                Sql.join(", ", columns),
                quote(SPINE),
                Sql.join("", found.stream().map(ViewRows::joins)),
                plan.ordered() ? Sql.of("\nORDER BY s.{}", quote(ROW)) : Sql.of(""));
    }

    Sql createTemporary(Sql name, Sql query) {
        return dialect.createTemporary(name, query);
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
        Sql earliest =
                ttl.isPresent() ? notBefore(dialect.recall(FIRST), ttl.getAsLong()) : Sql.literal(Dialect.EARLIEST);
        return Sql.of(
                "{} AND {} AND {} IS NOT NULL",
                dialect.atMost(source(event), event.type(), dialect.recall(LAST)),
                dialect.atLeast(source(event), event.type(), earliest),
                event(join));
    }

    /** The time a TTL before another, without running below the earliest there is. */
    static Sql notBefore(Sql micros, long ttl) {
        return Sql.of("greatest({}, {}) - {}", micros, Sql.literal(Dialect.EARLIEST + ttl), Sql.literal(ttl));
    }
}
