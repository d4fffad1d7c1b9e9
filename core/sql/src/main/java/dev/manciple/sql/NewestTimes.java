package dev.manciple.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The query that tells the newest time a view has for each spine row, with the row's keys. It has two halves, of which the engine
 * runs one and drops the other when it sees the constant:
 *
 * <ul>
 *   <li>where few spine rows share keys, each is joined with all rows of its keys that are in time, and the newest time is the
 *       greatest: cheapest, but the cost grows with the number of pairs;
 *   <li>where many do, an ASOF join, which sorts both sides; its cost does not grow with the number of pairs. A TTL is checked
 *       after it, which is exact: if the newest row is too old, so are all others. It compares the numbers of {@link EntityKeys}
 *       rather than keys, because DuckDB 2.0.0's misses matches where bytes, a list or a struct follow another key of eight bytes or
 *       more.
 * </ul>
 */
final class NewestTimes {
    private static final String LATEST = "__latest";
    private static final String EARLIEST = "__earliest";

    private final SliceJoin join;
    private final Sql source;
    private final EntityKeys entities;
    private final Stages stages;
    private final Sql row;
    private final Sql at;
    private final Sql id;
    private final Sql latest;
    private final Sql earliest;

    /** @param source what to read the view's rows from */
    NewestTimes(SliceJoin join, Sql source, EntityKeys entities, Stages stages) {
        this.join = join;
        this.source = source;
        this.entities = entities;
        this.stages = stages;
        this.row = stages.quote(Stages.ROW);
        this.at = stages.quote(Stages.AT);
        this.id = stages.quote(EntityKeys.ID);
        this.latest = stages.quote(LATEST);
        this.earliest = stages.quote(EARLIEST);
    }

    /** Columns: the spine row, its keys, the time. */
    Sql query() {
        return Sql.of("{}\nUNION ALL\n{}", greatestOfAll(), asof());
    }

    private Sql greatestOfAll() {
        List<Sql> found = new ArrayList<>(List.of(Sql.of("s.{}", row)));
        List<Sql> on = new ArrayList<>();
        for (int k = 0; k < join.keys().size(); k++) {
            found.add(Sql.of("any_value(s.{}) AS {}", stages.key(k), stages.key(k)));
            on.add(Sql.of("s.{} = f.{}", stages.key(k), stages.key(k)));
        }
        found.add(Sql.of("max(f.{}) AS {}", at, at));
        on.add(Sql.of("f.{} <= s.{}", at, latest));
        if (join.ttl().isPresent()) {
            on.add(Sql.of("f.{} >= s.{}", at, earliest));
        }
        List<Sql> times = new ArrayList<>(stages.keys(join));
        times.add(Sql.of("{} AS {}", stages.event(join), at));
        return Sql.of(
                """
                SELECT {}
                FROM (
                  SELECT {}
                  FROM {} AS s
                ) AS s
                JOIN (
                  SELECT {}
                  FROM {} AS f
                  WHERE {}
                ) AS f ON {}
                WHERE NOT {}
                GROUP BY s.{}""",
                Sql.join(", ", found),
                Sql.join(", ", bounds()),
                stages.quote(Stages.SPINE),
                Sql.join(", ", times),
                source,
                stages.inReach(join),
                Sql.join(" AND ", on),
                entities.crowded(),
                row);
    }

    private Sql asof() {
        List<Sql> found = new ArrayList<>(List.of(Sql.of("s.{}", row)));
        List<Sql> spineKeys = new ArrayList<>(List.of(Sql.of("true")));
        List<Sql> sourceKeys = new ArrayList<>(List.of(Sql.of("true")));
        for (int k = 0; k < join.keys().size(); k++) {
            SliceJoin.Key key = join.keys().get(k);
            found.add(Sql.of("s.{}", stages.key(k)));
            spineKeys.add(Sql.of(
                    "k.{} = s.{}", stages.key(k), stages.quote(key.spine().name())));
            sourceKeys.add(Sql.of("k.{} = {}", stages.key(k), stages.source(key.source())));
        }
        found.add(Sql.of("f.{}", at));
        return Sql.of(
                """
                SELECT {}
                FROM (
                  SELECT k.{}, {}
                  FROM {} AS s
                  JOIN {} AS k ON {}
                ) AS s
                ASOF JOIN (
                  SELECT k.{}, {} AS {}
                  FROM {} AS f
                  JOIN {} AS k ON {}
                  WHERE {}
                ) AS f ON s.{} = f.{} AND s.{} >= f.{}
                WHERE {}{}""",
                Sql.join(", ", found),
                id,
                Sql.join(", ", bounds()),
                stages.quote(Stages.SPINE),
                entities.relation(),
                Sql.join(" AND ", spineKeys),
                id,
                stages.event(join),
                at,
                source,
                entities.relation(),
                Sql.join(" AND ", sourceKeys),
                stages.inReach(join),
                id,
                id,
                latest,
                at,
                entities.crowded(),
                join.ttl().isPresent() ? Sql.of(" AND f.{} >= s.{}", at, earliest) : Sql.of(""));
    }

    /** The spine row {@code s}, its keys, and the times between which a row must lie, computed once rather than for each pair. */
    private List<Sql> bounds() {
        List<Sql> columns = new ArrayList<>(List.of(Sql.of("s.{}", row)));
        IntStream.range(0, join.keys().size())
                .mapToObj(k -> Sql.of(
                        "s.{} AS {}", stages.quote(join.keys().get(k).spine().name()), stages.key(k)))
                .forEach(columns::add);
        columns.add(Sql.of("{} AS {}", stages.moment(join, Sql.of("s.{}", at)), latest));
        join.ttl()
                .ifPresent(ttl -> columns.add(Sql.of(
                        "{} AS {}", stages.moment(join, Stages.notBefore(Sql.of("s.{}", at), ttl)), earliest)));
        return columns;
    }
}
