package dev.manciple.benchmarks;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.manciple.cassandra.server.CassandraServer;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.wire.EntityKeyCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;

/** One session of the driver: an entity's times are read, and its features replaced on the condition that they are still those. */
final class RawCassandra implements RawStore {
    static final String KEYSPACE = "feast";

    private static final int IN_FLIGHT = 100;

    private final CqlSession session;

    /** Makes the keyspace too. */
    RawCassandra(int port) {
        this.session = CqlSession.builder()
                .addContactPoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .withLocalDatacenter(CassandraServer.DATACENTER)
                .withAuthCredentials(CassandraServer.USER, CassandraServer.PASSWORD)
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(60))
                        .withString(DefaultDriverOption.REQUEST_CONSISTENCY, "LOCAL_QUORUM")
                        .build())
                .build();
        session.execute(
                "CREATE KEYSPACE IF NOT EXISTS %s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
                        .formatted(KEYSPACE));
    }

    /** One row with its values as the driver takes them. */
    private record Entity(String key, List<ByteBuffer> values, Instant time) {}

    @Override
    public Usage.Work writing(FeatureView view, List<OnlineRow> rows, int batch) {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        List<Entity> entities = rows.stream()
                .map(row -> new Entity(
                        HexFormat.of().formatHex(keys.encode(row.key())),
                        RawStore.values(view, row).stream()
                                .map(ByteBuffer::wrap)
                                .toList(),
                        row.eventTime()))
                .toList();
        PreparedStatement state =
                session.prepare("SELECT feature_name, event_ts FROM %s WHERE entity_key = ?".formatted(table(view)));
        PreparedStatement replace = session.prepare(
                "UPDATE %s SET value = ?, event_ts = ? WHERE entity_key = ? AND feature_name = ? IF event_ts = ?"
                        .formatted(table(view)));
        return () -> {
            Semaphore room = new Semaphore(IN_FLIGHT);
            List<CompletableFuture<?>> running = new ArrayList<>(entities.size());
            for (Entity entity : entities) {
                room.acquire();
                running.add(session.executeAsync(state.bind(entity.key()))
                        .thenCompose(stored -> replace(view, entity, replace, stored))
                        .whenComplete((done, failure) -> room.release())
                        .toCompletableFuture());
            }
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).get();
        };
    }

    private CompletionStage<AsyncResultSet> replace(
            FeatureView view, Entity entity, PreparedStatement replace, AsyncResultSet stored) {
        Map<String, Instant> times = new HashMap<>();
        for (Row row : stored.currentPage()) {
            times.put(String.valueOf(row.getString(0)), row.getInstant(1));
        }
        BatchStatementBuilder batch = BatchStatement.builder(BatchType.UNLOGGED);
        for (int i = 0; i < view.features().size(); i++) {
            String feature = view.features().get(i).name();
            Instant seen = times.get(feature);
            if (seen == null || !seen.isAfter(entity.time())) {
                batch.addStatement(replace.bind()
                        .setByteBuffer(0, entity.values().get(i))
                        .setInstant(1, entity.time())
                        .setString(2, entity.key())
                        .setString(3, feature)
                        .setInstant(4, seen));
            }
        }
        return session.executeAsync(batch.build()).thenApply(result -> {
            if (!result.wasApplied()) {
                throw new IllegalStateException("lost a race to nobody");
            }
            return result;
        });
    }

    @Override
    public Usage.Work reading(FeatureView view, List<EntityKey> keys) {
        EntityKeyCodec codec = EntityKeyCodec.of(view.entityColumns());
        List<String> encoded = keys.stream()
                .map(key -> HexFormat.of().formatHex(codec.encode(key)))
                .toList();
        PreparedStatement read = session.prepare(
                "SELECT feature_name, value, event_ts FROM %s WHERE entity_key = ?".formatted(table(view)));
        return () -> {
            List<CompletableFuture<AsyncResultSet>> running = encoded.stream()
                    .map(key -> session.executeAsync(read.bind(key)).toCompletableFuture())
                    .toList();
            long found = 0;
            for (CompletableFuture<AsyncResultSet> one : running) {
                for (Row row : one.get().currentPage()) {
                    row.getString(0);
                    row.getInstant(2);
                    found += row.getByteBuffer(1) == null ? 0 : 1;
                }
            }
            RawStore.require(found, view, keys);
        };
    }

    private static String table(FeatureView view) {
        return "\"%s\".\"%s_%s\"".formatted(KEYSPACE, Project.NAME, view.name());
    }

    @Override
    public void close() {
        session.close();
    }
}
