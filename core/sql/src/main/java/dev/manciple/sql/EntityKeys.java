package dev.manciple.sql;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The different keys that some columns of the spine have, once each, with a number for them and how many spine rows have them. Views
 * joined by the same columns share it.
 *
 * @param columns of the spine; empty for views of global values, whose one key all rows have
 */
record EntityKeys(List<Column> columns, Sql relation, String crowdedVariable, Stages stages) {
    /** Stands for keys in one column. */
    static final String ID = "__id";

    private static final String COUNT = "__count";

    /**
     * Up to these, every spine row is joined with all source rows of its keys. They are cautious: that was measured to win at a mean
     * of 2 and to draw level at 11, but far above it took minutes where sorting took seconds.
     */
    private static final long MOST_ROWS_OF_A_KEY = 32;

    private static final long MOST_MEAN_ROWS_OF_A_KEY = 4;

    EntityKeys {
        columns = List.copyOf(columns);
    }

    /** The keys of each different set of columns that views are joined by. */
    static List<EntityKeys> of(List<SliceJoin> joins, Stages stages) {
        List<List<Column>> sets =
                joins.stream().map(EntityKeys::columns).distinct().toList();
        return IntStream.range(0, sets.size())
                .mapToObj(i -> new EntityKeys(sets.get(i), stages.quote("__keys_" + i), "crowded_" + i, stages))
                .toList();
    }

    static EntityKeys ofView(SliceJoin join, List<EntityKeys> all) {
        return all.stream()
                .filter(keys -> keys.columns.equals(columns(join)))
                .findFirst()
                .orElseThrow();
    }

    private static List<Column> columns(SliceJoin join) {
        return join.keys().stream().map(SliceJoin.Key::spine).toList();
    }

    List<Sql> setup() {
        return List.of(stages.createTemporary(relation, keys()), stages.remember(crowdedVariable, isCrowded()));
    }

    /** Whether spine rows share keys so much that they should not be joined with every source row of theirs. */
    Sql crowded() {
        return stages.recall(crowdedVariable);
    }

    /** The first of the rows that share keys numbers them: that is the same however often and in whichever order it is computed. */
    private Sql keys() {
        List<Sql> names =
                columns.stream().map(column -> stages.quote(column.name())).toList();
        Sql none = Sql.of("");
        return Sql.of(
                "SELECT {}min({}) AS {}, count(*) AS {}\nFROM {}\nWHERE {} IS NOT NULL{}{}",
                Sql.join(
                        "",
                        IntStream.range(0, names.size())
                                .mapToObj(k -> Sql.of("{} AS {}, ", names.get(k), stages.key(k)))),
                stages.quote(Stages.ROW),
                stages.quote(ID),
                stages.quote(COUNT),
                stages.quote(Stages.SPINE),
                stages.quote(Stages.AT),
                Sql.join("", names.stream().map(name -> Sql.of(" AND {} IS NOT NULL", name))),
                names.isEmpty() ? none : Sql.of("\nGROUP BY {}", Sql.join(", ", names)));
    }

    /** The mean is that of the rows, not of the keys: how many rows share the keys of a row that is looked at. */
    private Sql isCrowded() {
        Sql count = stages.quote(COUNT);
        return Sql.of(
                "SELECT max({}) > {} OR sum({} * {}) > {} * sum({}) FROM {}",
                count,
                Sql.literal(MOST_ROWS_OF_A_KEY),
                count,
                count,
                Sql.literal(MOST_MEAN_ROWS_OF_A_KEY),
                count,
                relation);
    }
}
