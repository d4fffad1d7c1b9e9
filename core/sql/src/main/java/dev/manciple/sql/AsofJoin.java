package dev.manciple.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * One ASOF join per view, in DuckDB's spelling: a sorted merge whose cost does not grow with the number of candidates. The
 * engine compares a single value, so event time and created time are packed into one 128-bit number, a missing created time
 * below all others. A TTL is checked after the join, which is exact: if the newest row is too old, so are all others.
 *
 * <p>Only the newest row can be found this way; a request that leaves out rows created later takes {@link RowNumber}.
 */
public final class AsofJoin implements PitStrategy {
    private final RowNumber window = new RowNumber();

    @Override
    public Script write(PitPlan plan, Dialect dialect) {
        Stages stages = new Stages(plan, dialect);
        return stages.script(join -> join.filtersByCreated() ? window.view(join, stages) : view(join, stages));
    }

    private static Sql view(SliceJoin join, Stages stages) {
        Sql at = stages.quote(Stages.AT);
        Sql spineOrder = join.created().isPresent()
                ? packed(Sql.of("s.{}", at), Sql.literal(Long.MAX_VALUE))
                : Sql.of("s.{}", at);
        List<Sql> on = new ArrayList<>(stages.sameKeys(join));
        on.add(Sql.of("{} >= f.{}", spineOrder, stages.quote("__order")));
        return Sql.of(
                "SELECT s.{}{}\nFROM {} AS s\nASOF JOIN (\n{}\n) AS f\n  ON {}{}",
                stages.quote(Stages.ROW),
                stages.features(join),
                stages.quote(Stages.SPINE),
                source(join, stages),
                Sql.join(" AND ", on),
                join.ttl().isPresent()
                        ? Sql.of(
                                "\nWHERE f.{} >= {}",
                                at,
                                Stages.notBefore(Sql.of("s.{}", at), join.ttl().getAsLong()))
                        : Sql.of(""));
    }

    private static Sql source(SliceJoin join, Stages stages) {
        Sql event = stages.micros(join.event());
        List<Sql> columns = stages.sourceColumns(join);
        columns.add(Sql.of("{} AS {}", event, stages.quote(Stages.AT)));
        Sql order = join.created()
                .map(created -> packed(
                        event, Sql.of("coalesce({}, {})", stages.micros(created), Sql.literal(Long.MIN_VALUE + 1))))
                .orElse(event);
        columns.add(Sql.of("{} AS {}", order, stages.quote("__order")));
        return Sql.of(
                "  SELECT {}\n  FROM {} AS f\n  WHERE {}",
                Sql.join(", ", columns),
                join.source().from(),
                stages.reachable(join));
    }

    private static Sql packed(Sql event, Sql created) {
        return Sql.of("{}::HUGEINT * 18446744073709551616::HUGEINT + {}", event, created);
    }
}
