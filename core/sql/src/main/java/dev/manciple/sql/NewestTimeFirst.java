package dev.manciple.sql;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds the newest time first and the row that has it second, in DuckDB's spelling. Per view:
 *
 * <ol>
 *   <li>a join over nothing but keys and event time tells the newest time of each spine row, by {@link NewestTimes};
 *   <li>the features of the source rows that have these keys and times are read;
 *   <li>among these few rows, those that lose a tie are deleted.
 * </ol>
 *
 * So the wide columns are neither sorted nor hashed, and only rows that are wanted are kept. The source is read twice; where that
 * is dear, what can be reached of it is kept from the first time.
 *
 * <p>Only the newest row can be found this way; a view whose rows are cut by their created time takes {@link RowNumber}.
 */
public final class NewestTimeFirst implements PitStrategy {
    private final RowNumber window = new RowNumber();

    @Override
    public Script write(PitPlan plan, Dialect dialect) {
        Stages stages = new Stages(plan, dialect);
        List<EntityKeys> keys = EntityKeys.of(
                plan.joins().stream().filter(join -> !join.filtersByCreated()).toList(), stages);
        return stages.script(
                keys.stream().flatMap(each -> each.setup().stream()).toList(),
                (join, index, rows) -> join.filtersByCreated()
                        ? window.find(join, rows, stages)
                        : new View(join, index, rows, EntityKeys.ofView(join, keys), stages).find());
    }

    private static final class View {
        private final SliceJoin join;
        private final EntityKeys entities;
        private final Stages stages;
        private final Sql kept;
        private final Sql times;
        private final Sql rows;
        private final Sql row;

        View(SliceJoin join, int index, Sql rows, EntityKeys entities, Stages stages) {
            this.join = join;
            this.entities = entities;
            this.stages = stages;
            this.kept = stages.quote("__source_" + index);
            this.times = stages.quote("__times_" + index);
            this.rows = rows;
            this.row = stages.quote(Stages.ROW);
        }

        List<Sql> find() {
            List<Sql> setup = new ArrayList<>();
            Sql source = join.source().from();
            if (join.source().readOnce()) {
                setup.add(stages.createTemporary(kept, keep()));
                source = kept;
            }
            setup.add(stages.createTemporary(times, new NewestTimes(join, source, entities, stages).query()));
            setup.add(stages.createTemporary(rows, rowsOfThoseTimes(source)));
            setup.add(deleteLosersOfTies());
            return setup;
        }

        private Sql keep() {
            Set<Column> needed = new LinkedHashSet<>();
            join.keys().forEach(key -> needed.add(key.source()));
            needed.add(join.event());
            join.created().ifPresent(needed::add);
            needed.addAll(join.features());
            return Sql.of(
                    "SELECT {}\nFROM {} AS f\nWHERE {}",
                    Sql.join(", ", needed.stream().map(stages::source)),
                    join.source().from(),
                    stages.reachable(join));
        }

        private Sql rowsOfThoseTimes(Sql source) {
            List<Sql> columns = new ArrayList<>(List.of(Sql.of("t.{}", row), stages.created(join)));
            columns.addAll(stages.features(join));
            List<Sql> same = new ArrayList<>(IntStream.range(0, join.keys().size())
                    .mapToObj(k -> Sql.of(
                            "t.{} = {}",
                            stages.key(k),
                            stages.source(join.keys().get(k).source())))
                    .toList());
            same.add(Sql.of("t.{} = {}", stages.quote(Stages.AT), stages.event(join)));
            return Sql.of(
                    "SELECT {}\nFROM {} AS f\nJOIN {} AS t ON {}\nWHERE {}",
                    Sql.join(", ", columns),
                    source,
                    times,
                    Sql.join(" AND ", same),
                    stages.inReach(join));
        }

        private Sql deleteLosersOfTies() {
            return Sql.of("""
                    DELETE FROM {} WHERE rowid IN (
                      SELECT id FROM (
                        SELECT r.rowid AS id, row_number() OVER (PARTITION BY r.{} ORDER BY r.{} DESC NULLS LAST, r.rowid) AS place
                        FROM {} AS r
                        WHERE r.{} IN (SELECT {} FROM {} GROUP BY {} HAVING count(*) > 1)
                      ) AS ranked
                      WHERE place > 1)""", rows, row, stages.quote(Stages.CREATED), rows, row, row, rows, row);
        }
    }
}
