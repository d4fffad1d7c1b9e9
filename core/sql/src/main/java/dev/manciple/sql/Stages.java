package dev.manciple.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * What all strategies share: the spine is written once into a temporary relation with a row id and its time in microseconds, each
 * view is joined into a temporary relation of its own, and those are put together by row id. So the engine holds one view's work
 * at a time, and a row id is a stored value that two readers cannot number differently.
 */
final class Stages {
    static final String SPINE = "__spine";
    static final String ROW = "__row";
    static final String AT = "__at";
    static final String FIRST = "first";
    static final String LAST = "last";

    private final PitPlan plan;
    private final Dialect dialect;

    Stages(PitPlan plan, Dialect dialect) {
        this.plan = plan;
        this.dialect = dialect;
    }

    /** Writes one view's matches: a query that gives the row id, and the features under {@link #feature} names. */
    interface ViewQuery {
        Sql write(SliceJoin join);
    }

    Script script(ViewQuery query) {
        List<Sql> setup = new ArrayList<>();
        setup.add(spine());
        setup.add(dialect.remember(FIRST, Sql.of("SELECT min({}) FROM {}", quote(AT), quote(SPINE))));
        setup.add(dialect.remember(LAST, Sql.of("SELECT max({}) FROM {}", quote(AT), quote(SPINE))));
        for (int i = 0; i < plan.joins().size(); i++) {
            setup.add(dialect.createTemporary(view(i), query.write(plan.joins().get(i))));
        }
        return new Script(setup, assemble());
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

    private Sql assemble() {
        List<Sql> columns = new ArrayList<>();
        for (Column column : plan.spine().columns()) {
            columns.add(Sql.of(
                    "s.{} AS {}", quote(column.name()), quote(column.field().getName())));
        }
        List<Sql> joins = new ArrayList<>();
        int output = plan.spine().columns().size();
        for (int i = 0; i < plan.joins().size(); i++) {
            Sql view = view(i);
            joins.add(Sql.of("\nLEFT JOIN {} ON {}.{} = s.{}", view, view, quote(ROW), quote(ROW)));
            for (int f = 0; f < plan.joins().get(i).features().size(); f++) {
                Field field = plan.output().getFields().get(output++);
                columns.add(Sql.of("{}.{} AS {}", view, feature(f), quote(field.getName())));
            }
        }
        return Sql.of(
                "SELECT {}\nFROM {} AS s{}{}",
                Sql.join(", ", columns),
                quote(SPINE),
                Sql.join("", joins),
                plan.ordered() ? Sql.of("\nORDER BY s.{}", quote(ROW)) : Sql.of(""));
    }

    private Sql view(int index) {
        return quote("__view_" + index);
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

    /** The source's keys and features under names of our own, which no column of a user's can clash with. */
    List<Sql> sourceColumns(SliceJoin join) {
        List<Sql> columns = new ArrayList<>();
        for (int k = 0; k < join.keys().size(); k++) {
            columns.add(Sql.of("{} AS {}", source(join.keys().get(k).source()), key(k)));
        }
        for (int f = 0; f < join.features().size(); f++) {
            columns.add(Sql.of("{} AS {}", source(join.features().get(f)), feature(f)));
        }
        return columns;
    }

    Sql source(Column column) {
        return Sql.of("f.{}", quote(column.name()));
    }

    Sql micros(Column column) {
        return dialect.micros(source(column), column.type());
    }

    /** The features of a view as selected from the source, with a comma before each. */
    Sql features(SliceJoin join) {
        return Sql.join(
                "",
                IntStream.range(0, join.features().size())
                        .mapToObj(f -> Sql.of(", f.{}", feature(f)))
                        .toList());
    }

    /** What can be said of a source row alone: it lies within reach of some spine row's time and its keys are asked for. */
    Sql reachable(SliceJoin join) {
        List<Sql> conditions = new ArrayList<>();
        Column event = join.event();
        conditions.add(dialect.atMost(source(event), event.type(), dialect.recall(LAST)));
        join.ttl()
                .ifPresent(ttl -> conditions.add(
                        dialect.atLeast(source(event), event.type(), notBefore(dialect.recall(FIRST), ttl))));
        conditions.add(Sql.of("{} IS NOT NULL", micros(event)));
        if (!join.keys().isEmpty()) {
            Sql pairs = Sql.join(
                    " AND ",
                    join.keys().stream()
                            .map(key -> Sql.of("k.{} = {}", quote(key.spine().name()), source(key.source())))
                            .toList());
            conditions.add(Sql.of("EXISTS (SELECT 1 FROM {} AS k WHERE {})", quote(SPINE), pairs));
        }
        return Sql.join("\n    AND ", conditions);
    }

    /** The spine row and the source row share their keys. */
    List<Sql> sameKeys(SliceJoin join) {
        return IntStream.range(0, join.keys().size())
                .mapToObj(k ->
                        Sql.of("s.{} = f.{}", quote(join.keys().get(k).spine().name()), key(k)))
                .toList();
    }

    /** The time a TTL before another, without running below the smallest number. */
    static Sql notBefore(Sql micros, long ttl) {
        return Sql.of("greatest({}, {}) - {}", micros, Sql.literal(Dialect.EARLIEST + ttl), Sql.literal(ttl));
    }
}
