package dev.manciple.hybrid.online;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.cassandra.TestKeyspace;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.servers.RunningServer;
import dev.manciple.servers.Servers;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.Await;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three servers behind one router, of which each in turn is gone for a while. */
@Timeout(180)
class OneOfThreeDownTest {
    private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    private static final List<String> CHILDREN = List.of("redis", "cassandra", "postgres");
    private static final Field SCORE = Field.of("score", Scalar.INT64);
    private static final EntityKey KEY = new EntityKey(List.of("driver"), List.of(new Value.Int(1)));

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<String, Proxy> ways = new HashMap<>();
    private OnlineStore router;

    @BeforeEach
    void start() throws Exception {
        RunningServer redis = opened(Servers.redis());
        RunningServer postgres = opened(Servers.postgres());
        TestKeyspace keyspace = opened(new TestKeyspace());
        Map<String, Object> cassandra = new HashMap<>(keyspace.options());
        cassandra.put("type", "cassandra");
        cassandra.put("request_timeout", 60);
        cassandra.put("port", way("cassandra", Integer.parseInt(String.valueOf(cassandra.get("port")))));
        Map<String, Object> options = Map.of(
                "deadline",
                "30s",
                "online_stores",
                List.of(
                        Map.of("type", "redis", "connection_string", "127.0.0.1:" + way("redis", redis.port())),
                        cassandra,
                        Map.of(
                                "type",
                                "postgres",
                                "host",
                                "127.0.0.1",
                                "port",
                                way("postgres", postgres.port()),
                                "database",
                                "postgres",
                                "user",
                                "postgres",
                                "password",
                                "any",
                                "sslmode",
                                "disable")));
        router = opened(RouterContext.of(KitContext.withoutArrow("shop", Path.of("")))
                .open(new StoreConfig("hybrid", options)));
        router.update(
                new ViewChanges(CHILDREN.stream().map(OneOfThreeDownTest::view).toList(), List.of()));
        for (String child : CHILDREN) {
            router.write(view(child), List.of(new OnlineRow(KEY, List.of(new Value.Int(1)), NOON, Optional.empty())));
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.add(resource);
        return resource;
    }

    /** @return the port by which the router reaches the child's server */
    private int way(String child, int port) {
        Proxy way = opened(new Proxy(port));
        ways.put(child, way);
        return way.port();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable resource : opened.reversed()) {
            resource.close();
        }
    }

    @Test
    void theOthersAnswerAndItDoesAgainWhenItIsBack() throws Exception {
        assertThat(failed()).isEmpty();
        for (String child : CHILDREN) {
            Proxy way = Objects.requireNonNull(ways.get(child));
            way.cut();
            for (int i = 0; i < 3; i++) {
                assertThat(failed()).as("while '%s' is gone", child).containsExactly(child);
            }
            way.mend();
            Await.until("'%s' answers again".formatted(child), this::failed, List::isEmpty);
        }
    }

    /** The children whose features were not served; those of the others were. */
    private List<String> failed() {
        List<OnlineRead> reads = CHILDREN.stream()
                .map(child -> new OnlineRead(view(child), List.of(KEY), List.of(SCORE)))
                .toList();
        List<String> failed = new ArrayList<>();
        for (OnlineResult result : router.read(reads)) {
            switch (result.lookups().getFirst()) {
                case Lookup.Failed gone -> failed.add(gone.store());
                case Lookup.Found found -> assertThat(found.values()).containsExactly(new Value.Int(1));
                case Lookup.Absent absent -> throw new AssertionError("a row is gone");
            }
        }
        return failed;
    }

    /** It lives in the child it is called after. */
    private static FeatureView view(String child) {
        FeatureView view = FeatureView.of("of_" + child)
                .source(DataSource.Batch.files("unused.parquet"))
                .entities(List.of("driver"))
                .entityColumns(List.of(Field.of("driver", Scalar.INT64)))
                .features(SCORE);
        return view.about(view.about().tags(Map.of("tribe", child)));
    }
}
