package dev.manciple.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares and sets: looks at the entity's features, and replaces those that are older in one conditional batch, which is
 * agreed on by Paxos and applied whole, if none of them changed since. If one did, it looks again.
 */
final class ConditionalWriter implements RowWriter {
    /**
     * Each lost race means that somebody else's write succeeded, after which this one may no longer be needed; so many in a row
     * are a cluster in trouble.
     */
    private static final int ATTEMPTS = 50;

    /** Writers of one process wait for each other here, which is much cheaper than losing races. */
    private static final int STRIPES = 1024;

    private final Statements statements;
    private final ConsistencyLevel serial;
    private final List<ReentrantLock> locks =
            Stream.generate(ReentrantLock::new).limit(STRIPES).toList();

    ConditionalWriter(Statements statements, ConsistencyLevel serial) {
        this.statements = statements;
        this.serial = serial;
    }

    @Override
    public void write(Table table, EntityWrite entity) {
        ReentrantLock lock = locks.get(Math.floorMod(entity.key().hashCode(), STRIPES));
        lock.lock();
        try {
            compareAndSet(table, entity);
        } finally {
            lock.unlock();
        }
    }

    private void compareAndSet(Table table, EntityWrite entity) {
        BoundStatement state =
                statements.idempotent(table.state(), Cluster.WRITE).bind(entity.key());
        DriverException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            // What a race was lost to may have been agreed on without having reached the replicas asked first.
            BoundStatement asked = attempt == 0 ? state : state.setConsistencyLevel(serial);
            Map<String, StoredFeature> stored =
                    StoredFeature.all(statements.session().execute(asked));
            BatchStatement batch = batch(table, entity, stored);
            if (batch.size() == 0) {
                return;
            }
            try {
                if (statements.session().execute(batch).wasApplied()) {
                    return;
                }
            } catch (DriverException e) {
                if (!Failures.undecided(e)) {
                    throw e;
                }
                last = e;
            }
        }
        throw last != null
                ? last
                : new IllegalStateException(
                        "other writers changed the row %s %d times in between".formatted(entity.key(), ATTEMPTS));
    }

    private BatchStatement batch(Table table, EntityWrite entity, Map<String, StoredFeature> stored) {
        PreparedStatement replace = statements.once(table.replace());
        BatchStatementBuilder batch = BatchStatement.builder(BatchType.UNLOGGED).setExecutionProfileName(Cluster.WRITE);
        for (EntityWrite.Feature feature : entity.features()) {
            StoredFeature seen = stored.get(feature.name());
            if (seen == null || seen.yieldsTo(feature)) {
                batch.addStatement(bind(table, replace, entity.key(), feature, seen));
            }
        }
        return batch.build();
    }

    private static BoundStatement bind(
            Table table,
            PreparedStatement replace,
            String entity,
            EntityWrite.Feature feature,
            @Nullable StoredFeature seen) {
        BoundStatement bound = replace.bind().setByteBuffer(0, feature.value()).setInstant(1, feature.event());
        int key = 2;
        if (table.keepsCreated()) {
            bound = bound.setInstant(key++, feature.created());
        }
        bound = bound.setString(key, entity)
                .setString(key + 1, feature.name())
                .setInstant(key + 2, seen == null ? null : seen.event());
        return table.keepsCreated() ? bound.setInstant(key + 3, seen == null ? null : seen.created()) : bound;
    }
}
