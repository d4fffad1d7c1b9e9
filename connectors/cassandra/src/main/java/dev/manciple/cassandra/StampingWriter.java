package dev.manciple.cassandra;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import dev.manciple.error.ConflictException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stamps each write with its event time, so that Cassandra itself keeps the newest. It holds only if everybody does: a write
 * stamped by a clock would stay newer than every event of the past, without anybody being told. Features stored that way are
 * found by their stamp, and refused.
 *
 * <p>The stamp has microseconds and the table milliseconds. The rest makes a row that is written again replace its equal.
 */
final class StampingWriter implements RowWriter {
    private static final long STEPS = 1000;

    private final Statements statements;

    StampingWriter(Statements statements) {
        this.statements = statements;
    }

    @Override
    public void write(Table table, EntityWrite entity) {
        Map<String, StoredFeature> stored = StoredFeature.all(statements
                .session()
                .execute(statements.idempotent(table.state(), Cluster.WRITE).bind(entity.key())));
        PreparedStatement insert = statements.idempotent(table.stamp(), Cluster.WRITE);
        BatchStatementBuilder batch = BatchStatement.builder(BatchType.UNLOGGED)
                .setExecutionProfileName(Cluster.WRITE)
                .setIdempotence(true);
        for (EntityWrite.Feature feature : entity.features()) {
            StoredFeature seen = stored.get(feature.name());
            if (seen != null) {
                requireStamped(table, entity, feature, seen);
            }
            if (seen == null || seen.yieldsTo(feature)) {
                batch.addStatement(insert.bind(
                        feature.value(), feature.event(), entity.key(), feature.name(), stamp(feature, seen)));
            }
        }
        BatchStatement built = batch.build();
        if (built.size() > 0) {
            statements.session().execute(built);
        }
    }

    private static long stamp(EntityWrite.Feature feature, @Nullable StoredFeature seen) {
        long first = first(feature.event());
        return seen == null ? first : Math.max(first, Math.min(seen.stamp() + 1, first + STEPS - 1));
    }

    private static long first(Instant event) {
        return Math.multiplyExact(event.toEpochMilli(), STEPS);
    }

    private static void requireStamped(
            Table table, EntityWrite entity, EntityWrite.Feature feature, StoredFeature seen) {
        Instant event = seen.event();
        if (event == null || Math.floorDiv(seen.stamp(), STEPS) != event.toEpochMilli()) {
            throw new ConflictException("""
                    feature '%s' of row %s in table %s was stored by a writer that stamps with its clock (Feast, or a store with \
                    newest_wins: lwt), and would silently stay newer than what newest_wins: timestamp writes. Use newest_wins: \
                    lwt while others write, or drop the table and materialize again""".formatted(feature.name(), entity.key(), table.name()));
        }
    }
}
