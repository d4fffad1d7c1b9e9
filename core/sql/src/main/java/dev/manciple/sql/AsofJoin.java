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
 *   <li>an ASOF join over nothing but keys and event time tells the newest time of each spine row; its cost does not grow with the
 *       number of candidates. A TTL is checked after it, which is exact: if the newest row is too old, so are all others;
 *   <li>the features of exactly those (keys, time) pairs are read;
 *   <li>among these few rows, those that lose a tie are deleted.
 * </ol>
 *
 * So the wide columns are neither sorted nor hashed, and only rows that are wanted are kept. The source is read twice; where that
 * is dear, what can be reached of it is kept from the first time.
 *
 * <p>Only the newest row can be found this way; a view whose rows are cut by their created time takes {@link RowNumber}.
 */
public final class AsofJoin implements PitStrategy {
    private final RowNumber window = new RowNumber();

    @Override
    public Script write(PitPlan plan, Dialect dialect) {
        Stages stages = new Stages(plan, dialect);
        return stages.script((join, index) -> join.filtersByCreated()
                ? window.find(join, index, stages)
                : new View(join, index, dialect, stages).find());
    }

    private static final class View {
        private final SliceJoin join;
        private final Dialect dialect;
        private final Stages stages;
        private final Sql kept;
        private final Sql times;
        private final Sql rows;
        private final Sql at;

        View(SliceJoin join, int index, Dialect dialect, Stages stages) {
            this.join = join;
            this.dialect = dialect;
            this.stages = stages;
            this.kept = dialect.quote("__source_" + index);
            this.times = dialect.quote("__times_" + index);
            this.rows = dialect.quote("__rows_" + index);
            this.at = dialect.quote(Stages.AT);
        }

        Stages.ViewRows find() {
            List<Sql> setup = new ArrayList<>();
            Sql source = join.source().from();
            if (join.source().readOnce()) {
                setup.add(dialect.createTemporary(kept, keep()));
                source = kept;
            }
            setup.add(dialect.createTemporary(times, newestTimes(source)));
            setup.add(dialect.createTemporary(rows, rowsOfThoseTimes(source)));
            setup.add(deleteLosersOfTies());
            Sql joins = Sql.of(
                    "\nLEFT JOIN {} ON {}.{} = s.{}\nLEFT JOIN {} ON {}",
                    times,
                    times,
                    stages.quote(Stages.ROW),
                    stages.quote(Stages.ROW),
                    rows,
                    samePair(rows, times));
            return new Stages.ViewRows(setup, joins, rows);
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

        private Sql newestTimes(Sql source) {
            List<Sql> found = new ArrayList<>(List.of(Sql.of("s.{}", stages.quote(Stages.ROW))));
            List<Sql> on = new ArrayList<>();
            for (int k = 0; k < join.keys().size(); k++) {
                found.add(Sql.of("f.{}", stages.key(k)));
                on.add(Sql.of(
                        "s.{} = f.{}", stages.quote(join.keys().get(k).spine().name()), stages.key(k)));
            }
            found.add(Sql.of("f.{}", at));
            on.add(Sql.of("{} >= f.{}", stages.moment(join, Sql.of("s.{}", at)), at));
            List<Sql> columns = new ArrayList<>(stages.keys(join));
            columns.add(Sql.of("{} AS {}", stages.event(join), at));
            return Sql.of(
                    "SELECT {}\nFROM {} AS s\nASOF JOIN (\n  SELECT {}\n  FROM {} AS f\n  WHERE {}\n) AS f\n  ON {}{}",
                    Sql.join(", ", found),
                    stages.quote(Stages.SPINE),
                    Sql.join(", ", columns),
                    source,
                    stages.reachable(join),
                    Sql.join(" AND ", on),
                    notTooOld());
        }

        private Sql notTooOld() {
            if (join.ttl().isEmpty()) {
                return Sql.of("");
            }
            Sql earliest = Stages.notBefore(Sql.of("s.{}", at), join.ttl().getAsLong());
            return Sql.of("\nWHERE f.{} >= {}", at, stages.moment(join, earliest));
        }

        private Sql rowsOfThoseTimes(Sql source) {
            List<Sql> columns = new ArrayList<>(stages.keys(join));
            columns.add(Sql.of("{} AS {}", stages.event(join), at));
            columns.add(Sql.of(
                    "{} AS {}",
                    join.created().map(stages::micros).orElseGet(() -> Sql.of("NULL")),
                    stages.quote(Stages.CREATED)));
            columns.addAll(stages.features(join));
            List<Sql> same = new ArrayList<>(IntStream.range(0, join.keys().size())
                    .mapToObj(k -> Sql.of(
                            "t.{} = {}",
                            stages.key(k),
                            stages.source(join.keys().get(k).source())))
                    .toList());
            same.add(Sql.of("t.{} = {}", at, stages.event(join)));
            return Sql.of(
                    "SELECT {}\nFROM {} AS f\nWHERE {}\n  AND EXISTS (SELECT 1 FROM {} AS t WHERE {})",
                    Sql.join(", ", columns),
                    source,
                    stages.inReach(join),
                    times,
                    Sql.join(" AND ", same));
        }

        private Sql deleteLosersOfTies() {
            Sql pair = Sql.join(", ", pair().stream());
            return Sql.of(
                    """
                    DELETE FROM {} WHERE rowid IN (
                      SELECT id FROM (
                        SELECT r.rowid AS id, row_number() OVER (PARTITION BY {} ORDER BY {} DESC NULLS LAST, r.rowid) AS place
                        FROM {} AS r
                        WHERE EXISTS (SELECT 1 FROM (SELECT {} FROM {} GROUP BY {} HAVING count(*) > 1) AS t WHERE {})
                      ) AS ranked
                      WHERE place > 1)""",
                    rows,
                    Sql.join(", ", pair().stream().map(column -> Sql.of("r.{}", column))),
                    stages.quote(Stages.CREATED),
                    rows,
                    pair,
                    rows,
                    pair,
                    samePair(Sql.of("t"), Sql.of("r")));
        }

        private Sql samePair(Sql left, Sql right) {
            return Sql.join(
                    " AND ", pair().stream().map(column -> Sql.of("{}.{} = {}.{}", left, column, right, column)));
        }

        /** What tells the rows of one view apart, but for ties. */
        private List<Sql> pair() {
            List<Sql> columns = new ArrayList<>();
            for (int k = 0; k < join.keys().size(); k++) {
                columns.add(stages.key(k));
            }
            columns.add(at);
            return columns;
        }
    }
}
