package dev.manciple.sql;

import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A point-in-time join with everything decided but the SQL.
 *
 * @param time the spine's time column
 * @param returned the columns of the spine that come back
 * @param output those, then the features of each join, by output name
 * @param ordered whether rows come in the spine's order
 */
public record PitPlan(
        Relation spine, Column time, List<SliceJoin> joins, List<Column> returned, Schema output, boolean ordered) {
    public PitPlan {
        returned = List.copyOf(returned);
        joins = List.copyOf(joins);
    }

    /** One step a line, for people. */
    public String describe() {
        StringBuilder text = new StringBuilder(
                "spine: %s, as of %s%n".formatted(spine.title(), time.field().getName()));
        for (SliceJoin join : joins) {
            text.append("join %s: %s".formatted(join.view(), join.source().title()));
            text.append(join.keys().isEmpty() ? ", no keys" : "");
            for (SliceJoin.Key key : join.keys()) {
                text.append(", %s = %s"
                        .formatted(key.spine().field().getName(), key.source().name()));
            }
            text.append(", newest %s".formatted(join.event().name()));
            join.created().ifPresent(created -> text.append(", then newest %s".formatted(created.name())));
            join.ttl()
                    .ifPresent(ttl -> text.append(", at most %s old"
                            .formatted(java.time.Duration.of(ttl, java.time.temporal.ChronoUnit.MICROS))));
            text.append(join.filtersByCreated() ? ", known by then" : "");
            text.append(", %d features%n".formatted(join.features().size()));
        }
        return text.append("rows: %s".formatted(ordered ? "in the spine's order" : "in any order"))
                .toString();
    }
}
