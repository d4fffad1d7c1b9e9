package dev.manciple.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Joins every candidate and keeps the first of each spine row by a window function. Any SQL engine can do this, and it is the form
 * that can leave out rows created after the spine row's time; its cost grows with the number of candidates.
 */
public final class RowNumber implements PitStrategy {
    @Override
    public Script write(PitPlan plan, Dialect dialect) {
        Stages stages = new Stages(plan, dialect);
        return stages.script(List.of(), (join, index, rows) -> find(join, rows, stages));
    }

    List<Sql> find(SliceJoin join, Sql rows, Stages stages) {
        return List.of(stages.createTemporary(rows, newest(join, stages)));
    }

    private static Sql newest(SliceJoin join, Stages stages) {
        Sql at = stages.quote(Stages.AT);
        Sql row = stages.quote(Stages.ROW);
        Sql place = stages.quote("__place");
        Sql features = Sql.join(
                "", IntStream.range(0, join.features().size()).mapToObj(f -> Sql.of(", f.{}", stages.feature(f))));
        return Sql.of(
                """
                SELECT f.{}{}
                FROM (
                  SELECT s.{}{}, row_number() OVER (PARTITION BY s.{} ORDER BY f.{} DESC, f.{} DESC NULLS LAST) AS {}
                  FROM {} AS s
                  JOIN (
                    {}
                  ) AS f ON {}
                ) AS f
                WHERE f.{} = 1""",
                row,
                features,
                row,
                features,
                row,
                at,
                stages.quote(Stages.CREATED),
                place,
                stages.quote(Stages.SPINE),
                candidates(join, stages),
                matches(join, stages),
                place);
    }

    private static Sql candidates(SliceJoin join, Stages stages) {
        List<Sql> columns = new ArrayList<>(stages.keys(join));
        columns.add(Sql.of("{} AS {}", stages.micros(join.event()), stages.quote(Stages.AT)));
        columns.add(stages.created(join));
        columns.addAll(stages.features(join));
        return Sql.of(
                "SELECT {} FROM {} AS f WHERE {}",
                Sql.join(", ", columns),
                join.source().from(),
                stages.reachable(join));
    }

    private static Sql matches(SliceJoin join, Stages stages) {
        Sql at = stages.quote(Stages.AT);
        List<Sql> on = new ArrayList<>();
        for (int k = 0; k < join.keys().size(); k++) {
            on.add(Sql.of(
                    "{} = f.{}", stages.spine(Sql.of("s"), join.keys().get(k).spine()), stages.key(k)));
        }
        on.add(Sql.of("f.{} <= s.{}", at, at));
        join.ttl().ifPresent(ttl -> on.add(Sql.of("f.{} >= {}", at, Stages.notBefore(Sql.of("s.{}", at), ttl))));
        if (join.filtersByCreated()) {
            Sql created = stages.quote(Stages.CREATED);
            on.add(Sql.of("(f.{} IS NULL OR f.{} <= s.{})", created, created, at));
        }
        return Sql.join(" AND ", on);
    }
}
