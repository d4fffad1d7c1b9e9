package dev.manciple.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.tck.Await;
import dev.manciple.tck.KitContext;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.function.IntConsumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Retrievals over tables of a schema of the test's own, of which nothing is left in memory. */
@Timeout(180)
abstract class RetrievalTest {
    static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");

    final BufferAllocator allocator = new RootAllocator();
    final TestServer server = TestServer.shared();
    final String schema = server.createSchema();

    @AfterEach
    final void nothingIsLeftBehind() {
        server.dropSchema(schema);
        assertThat(allocator.getAllocatedMemory()).isZero();
        allocator.close();
    }

    /** Runs statements as the owner of the schema. */
    final void sql(String statements) {
        server.execute("SET search_path = \"%s\"; %s".formatted(schema, statements));
    }

    /** @param from what to count the rows of, from {@code FROM} on */
    final long count(String from) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) " + from)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param options of the store, as {@code feature_store.yaml} has them */
    final OfflineStore open(Map<String, Object> options) {
        return new PostgresOfflineStore(
                new ConfigBinder().bind("test", PostgresOfflineConfig.class, options),
                KitContext.withArrow("test", Path.of(""), allocator));
    }

    /** A view whose times are in the column {@code at}. */
    static FeatureView view(String table, String key, Field feature) {
        return FeatureView.of("drivers")
                .source(PostgresFixture.source(table, new TimeColumns("at", Optional.empty(), Optional.empty())))
                .entities(List.of(key))
                .entityColumns(List.of(Field.of(key, Scalar.INT64)))
                .features(feature);
    }

    /** Of entity rows: a key and {@code time}. */
    static Schema spineSchema(String key) {
        return new Schema(
                List.of(ArrowTypes.arrow(key, Scalar.INT64), ArrowTypes.arrow("time", Scalar.UNIX_TIMESTAMP)));
    }

    /** @param rows and {@code beforeBatch} as {@link EntityRows} has them */
    final Spine.Rows spine(String key, long rows, IntConsumer beforeBatch) {
        Schema columns = spineSchema(key);
        return new Spine.Rows(columns, "time", () -> new EntityRows(allocator, columns, NOON, rows, beforeBatch));
    }

    static RetrievalJob job(OfflineStore store, FeatureView view, Spine.Rows spine, HistoricalRequest.Options options) {
        return store.historicalFeatures(new HistoricalRequest(
                spine, List.of(new ViewSlice(view, view.name(), view.features(), Map.of())), false, options));
    }

    final List<List<Value>> rows(RetrievalJob job) throws IOException {
        try (ArrowReader reader = job.open(allocator)) {
            return ArrowRows.read(reader);
        }
    }

    /**
     * Interrupts who reads the rows, who fails then, with nobody at work in the server any more.
     *
     * @param connections how many sleep over the rows before that
     */
    final void assertInterruptible(RetrievalJob job, long connections) throws Exception {
        String sleeping = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        FutureTask<Throwable> reading = new FutureTask<>(() -> catchThrowable(() -> rows(job)));
        Thread reader = Thread.ofPlatform().start(reading);
        Await.until("connections sleep", () -> count(sleeping), asleep -> asleep == connections);
        reader.interrupt();
        assertThat(reading.get()).isInstanceOfAny(IOException.class, FeatureStoreException.class);
        assertThat(count(sleeping)).isZero();
    }
}
