package dev.manciple.hybrid.online;

import static dev.manciple.hybrid.online.MovingShop.NOON;
import static dev.manciple.hybrid.online.MovingShop.drivers;
import static dev.manciple.hybrid.online.MovingShop.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.MoveListener;
import dev.manciple.MoveOptions;
import dev.manciple.MoveOptions.Verify;
import dev.manciple.MoveOrder;
import dev.manciple.MoveReport;
import dev.manciple.cassandra.TestKeyspace;
import dev.manciple.spi.FieldStatus;
import dev.manciple.tck.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Redis and Cassandra servers behind one router: a view moves between them, and one of them goes away for a while. */
@Timeout(180)
class MixedMoveTest {
    private static final MoveOptions NOW = new MoveOptions(Verify.ALL, false, Optional.of(Duration.ZERO));

    @TempDir
    Path folder;

    private LoopbackRedis redis;
    private TestKeyspace keyspace;
    private MovingShop shop;

    @BeforeEach
    void start() {
        redis = new LoopbackRedis();
        keyspace = new TestKeyspace();
        Map<String, Object> cassandra = new HashMap<>(keyspace.options());
        cassandra.put("type", "cassandra");
        cassandra.put("request_timeout", 60);
        shop = new MovingShop(folder, MovingShop.Wrapper.NOTHING, List.of(redis.child(), cassandra));
    }

    @AfterEach
    void stop() {
        shop.close();
        keyspace.close();
        redis.close();
    }

    @Test
    void aViewMovesThereAndBackWhileItIsRead() throws Exception {
        shop.applied(view("redis")).write(NOON, 10, drivers(0, 1_500));
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Long>> reader = threads.submit(() -> {
                List<Long> wrong = new ArrayList<>();
                do {
                    shop.scores(drivers(0, 100)).stream()
                            .filter(score -> score != 10L)
                            .forEach(wrong::add);
                } while (!over.get());
                return wrong;
            });
            try {
                for (String to : List.of("cassandra", "redis")) {
                    assertThat(move(new MoveOrder.To(to)).verified()).isEqualTo(1_500);
                    shop.scores(0);
                    move(new MoveOrder.Finish());
                    assertThat(shop.registered().about().tags()).isEqualTo(Map.of("team", to));
                }
            } finally {
                over.set(true);
            }
            assertThat(reader.get()).as("answers other than the value").isEmpty();
        }
        assertThat(shop.scores(drivers(0, 1_500))).containsOnly(10L);
    }

    @Test
    void aServerThatWasGoneIsReadAgain() throws Exception {
        shop.applied(view("redis")).write(NOON, 10, 1);
        redis.stop();
        assertThat(status()).isEqualTo(FieldStatus.INVALID);
        assertThat(shop.read(1).failures()).singleElement().satisfies(failure -> {
            assertThat(failure.view()).isEqualTo("scores");
            assertThat(failure.store()).isEqualTo("redis");
            assertThat(failure.reason())
                    .startsWith("online store 'redis' failed while trying to read features of 'scores'");
        });
        redis.restart();
        FieldStatus again =
                Await.until("the server is read again", this::status, status -> status != FieldStatus.INVALID);
        assertThat(again).as("the server keeps nothing").isEqualTo(FieldStatus.NOT_FOUND);
    }

    private FieldStatus status() {
        return shop.read(1).statuses().get(1).getFirst();
    }

    private MoveReport move(MoveOrder order) {
        return shop.store().move("scores", order, NOW, MoveListener.SILENT);
    }
}
