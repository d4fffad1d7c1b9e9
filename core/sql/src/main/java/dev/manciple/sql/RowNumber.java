package dev.manciple.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Joins every candidate and keeps the first of each spine row by a window function. Any SQL engine can do this, and it is the form
 * that can leave out rows created after the spine row's time; its cost grows with the number of candidates.
 */
public final class RowNumber implements PitStrategy {
    @Override
    public Script write(PitPlan plan, Dialect dialect) {
        Stages stages = new Stages(plan, dialect);
        return stages.script(join -> view(join, stages));
    }

    Sql view(SliceJoin join, Stages stages) {
        Sql at = stages.quote(Stages.AT);
        Sql rank = stages.quote("__rank");
        Sql created = stages.quote("__created");
        List<Sql> on = new ArrayList<>(stages.sameKeys(join));
        on.add(Sql.of("f.{} <= s.{}", at, at));
        join.ttl().ifPresent(ttl -> on.add(Sql.of("f.{} >= {}", at, Stages.notBefore(Sql.of("s.{}", at), ttl))));
        if (join.filtersByCreated()) {
            on.add(Sql.of("(f.{} IS NULL OR f.{} <= s.{})", created, created, at));
        }
        Sql newest = join.created().isPresent()
                ? Sql.of("f.{} DESC, f.{} DESC NULLS LAST", at, created)
                : Sql.of("f.{} DESC", at);
        return Sql.of(
                "SELECT f.{}{}\nFROM (\n  SELECT s.{}{}, row_number() OVER (PARTITION BY s.{} ORDER BY {}) AS {}\n  FROM {} AS s\n  JOIN (\n{}\n  ) AS f\n    ON {}\n) AS f\nWHERE f.{} = 1",
                stages.quote(Stages.ROW),
                stages.features(join),
                stages.quote(Stages.ROW),
                stages.features(join),
                stages.quote(Stages.ROW),
                newest,
                rank,
                stages.quote(Stages.SPINE),
                source(join, stages),
                Sql.join(" AND ", on),
                rank);
    }

    private static Sql source(SliceJoin join, Stages stages) {
        List<Sql> columns = stages.sourceColumns(join);
        columns.add(Sql.of("{} AS {}", stages.micros(join.event()), stages.quote(Stages.AT)));
        join.created()
                .ifPresent(
                        created -> columns.add(Sql.of("{} AS {}", stages.micros(created), stages.quote("__created"))));
        return Sql.of(
                "    SELECT {}\n    FROM {} AS f\n    WHERE {}",
                Sql.join(", ", columns),
                join.source().from(),
                stages.reachable(join));
    }
}
