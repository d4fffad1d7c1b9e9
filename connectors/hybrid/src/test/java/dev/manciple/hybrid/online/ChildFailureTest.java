package dev.manciple.hybrid.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.Value;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.ViewMove;
import dev.manciple.spi.ViewMove.Phase;
import dev.manciple.tck.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Children that are slow, down, wrong or back again; each is a SQLite file with trouble put before it. */
@Timeout(60)
class ChildFailureTest {
    private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    private static final Field SCORE = Field.of("score", Scalar.INT64);
    private static final FeatureView HOT = view("h", "hot");
    private static final FeatureView COLD = view("c", "cold");

    @TempDir
    Path folder;

    private final List<OnlineStore> opened = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    /** What happens before a call of the child whose file is {@code cold.db}. */
    private volatile Trouble trouble = call -> {};

    private volatile Trouble hotTrouble = call -> {};

    interface Trouble {
        void before(String call) throws Exception;
    }

    @AfterEach
    void close() {
        over.countDown();
        opened.forEach(OnlineStore::close);
    }

    @Test
    void aSlowChildCostsItsOwnFeaturesOnly() {
        OnlineStore router = served(Map.of("deadline", "200ms"));
        trouble = call -> over.await();
        List<OnlineResult> answer = router.read(List.of(read(COLD, 1, 2), read(HOT, 1, 2), read(COLD, 1)));
        Lookup failed = new Lookup.Failed(
                "cold", "online store 'cold' failed while trying to read features of 'c': no answer within 200 ms");
        assertThat(answer)
                .containsExactly(
                        new OnlineResult(List.of(failed, failed)),
                        new OnlineResult(List.of(found(10), Lookup.Absent.ABSENT)),
                        new OnlineResult(List.of(failed)));
    }

    @Test
    void aChildThatIsLateIsToldToStop() throws InterruptedException {
        OnlineStore router = served(Map.of("deadline", "100ms"));
        CountDownLatch stopped = new CountDownLatch(1);
        trouble = call -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                stopped.countDown();
                throw e;
            }
        };
        router.read(List.of(read(COLD, 1)));
        assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aChildsOwnDeadlineComesFirst() {
        OnlineStore router = served(Map.of("deadline", "0", "per_child", Map.of("cold", Map.of("deadline", "50ms"))));
        trouble = call -> over.await();
        assertThat(router.read(List.of(read(COLD, 1))).getFirst().lookups().getFirst())
                .isInstanceOfSatisfying(
                        Lookup.Failed.class,
                        failed -> assertThat(failed.reason()).endsWith("no answer within 50 ms"));
    }

    @Test
    void childrenAreAskedAtOnce() {
        OnlineStore router = served(Map.of("deadline", "0"));
        CyclicBarrier together = new CyclicBarrier(2);
        trouble = call -> together.await();
        hotTrouble = call -> together.await();
        assertThat(router.read(List.of(read(HOT, 1), read(COLD, 1))))
                .containsExactly(new OnlineResult(List.of(found(10))), new OnlineResult(List.of(found(20))));
    }

    @Test
    void aChildThatIsDownIsServedAgainAsSoonAsItIsBack() {
        OnlineStore router = served(Map.of());
        trouble = call -> {
            throw new IOException("connection refused");
        };
        for (int i = 0; i < 50; i++) {
            assertThat(router.read(List.of(read(HOT, 1), read(COLD, 1))))
                    .containsExactly(
                            new OnlineResult(List.of(found(10))),
                            new OnlineResult(
                                    List.of(
                                            new Lookup.Failed(
                                                    "cold",
                                                    "online store 'cold' failed while trying to read features of 'c': connection refused"))));
        }
        trouble = call -> {};
        assertThat(router.read(List.of(read(HOT, 1), read(COLD, 1))))
                .containsExactly(new OnlineResult(List.of(found(10))), new OnlineResult(List.of(found(20))));
    }

    @Test
    void aChildThatHangsPilesUpNothingForever() throws Exception {
        OnlineStore router = served(Map.of("deadline", "1ms"));
        AtomicInteger waiting = new AtomicInteger();
        trouble = call -> {
            waiting.incrementAndGet();
            while (over.getCount() > 0) {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    // A driver that does not listen.
                }
            }
        };
        Callable<Lookup> reading =
                () -> router.read(List.of(read(COLD, 1))).getFirst().lookups().getFirst();
        // Some are given up before they reach the child.
        Await.until(
                "so many reads wait that the child is asked no more",
                reading,
                last -> last instanceof Lookup.Failed failed
                        && failed.reason().contains("1024 reads wait for it already"));
        assertThat(waiting).hasValueLessThanOrEqualTo(1024);
        over.countDown();
        Await.until("the child answers again", reading, last -> last instanceof Lookup.Found);
    }

    @Test
    void underTheOtherPolicyTheReadFailsWithTheChildsName() {
        OnlineStore router = served(Map.of("on_child_failure", "error"));
        trouble = call -> {
            throw new IOException("connection refused");
        };
        assertThatThrownBy(() -> router.read(List.of(read(HOT, 1), read(COLD, 1))))
                .isInstanceOf(StoreException.class)
                .hasMessage("online store 'cold' failed while trying to read features of 'c': connection refused");
    }

    @Test
    void whatMayHelpIsTriedAgain() {
        OnlineStore router = served(Map.of("retries", 2));
        List<String> calls = new ArrayList<>();
        trouble = call -> {
            calls.add(call);
            if (calls.size() <= 2) {
                throw new StoreException("cold", call, true, Outcome.NOT_APPLIED, new IOException("reset"));
            }
        };
        assertThat(router.read(List.of(read(COLD, 1)))).containsExactly(new OnlineResult(List.of(found(20))));
        assertThat(calls).containsExactly("read", "read", "read");
    }

    @Test
    void whatCannotHelpIsNotTriedAgain() {
        OnlineStore router = served(Map.of("retries", 2));
        List<String> calls = new ArrayList<>();
        trouble = call -> {
            calls.add(call);
            throw new StoreException("cold", call, false, Outcome.NOT_APPLIED, new IOException("wrong password"));
        };
        router.read(List.of(read(COLD, 1)));
        assertThat(calls).containsExactly("read");
    }

    @Test
    void aWrongRequestIsNoFailureOfAStore() {
        OnlineStore router = served(Map.of());
        assertThatThrownBy(() -> router.read(List.of(read(HOT, 1), read(view("never_applied", "cold"), 1))))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void aRouterInsideTellsTheWholeWay() {
        OnlineStore router = router(
                Map.of(),
                Map.of("name", "in", "type", "hybrid", "online_stores", List.of(file("cold")), "routing_tag", "tier"),
                file("hot"));
        FeatureView view = view("c", "in");
        view = view.about(view.about().tags(Map.of("tribe", "in", "tier", "cold")));
        router.update(new ViewChanges(List.of(view), List.of()));
        trouble = call -> {
            throw new IOException("down");
        };
        assertThat(router.read(List.of(read(view, 1))).getFirst().lookups().getFirst())
                .isInstanceOfSatisfying(
                        Lookup.Failed.class,
                        failed -> assertThat(failed.store()).isEqualTo("in/cold"));
    }

    @Test
    void writesFailWithTheChildsNameAndWhatIsKnown() {
        OnlineStore router = served(Map.of());
        trouble = call -> {
            throw new StoreException("x", "put", false, Outcome.MAYBE, List.of(0), new IOException("full"));
        };
        assertThatThrownBy(() -> router.write(COLD, List.of(row(1, 30), row(2, 30))))
                .isInstanceOfSatisfying(StoreException.class, failure -> {
                    assertThat(failure.applied()).containsExactly(0);
                    assertThat(failure.outcome()).isEqualTo(Outcome.MAYBE);
                })
                .hasMessageContaining("online store 'cold' failed while trying to write 2 rows of feature view 'c'");
    }

    @Test
    void aMovingViewIsWrittenToBothOrNotAcknowledged() {
        OnlineStore router = served(Map.of());
        FeatureView moving =
                router.routes().orElseThrow().moving(HOT, new ViewMove("hot", "cold", Phase.COPYING, NOON));
        router.update(new ViewChanges(List.of(moving), List.of()));
        router.write(moving, List.of(row(7, 70)));
        for (String child : List.of("hot", "cold")) {
            assertThat(router.routes().orElseThrow().child(child).read(List.of(read(HOT, 7))))
                    .containsExactly(new OnlineResult(List.of(found(70))));
        }
        trouble = call -> {
            throw new IOException("down");
        };
        assertThatThrownBy(() -> router.write(moving, List.of(row(8, 80))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("online store 'cold' failed while trying to write 1 row of feature view 'h'")
                .hasMessageContaining("has to reach both stores it moves between")
                .hasMessageContaining("manciple move h --roll-back");
        assertThat(router.read(List.of(read(moving, 8))))
                .as("not acknowledged, so not read either")
                .containsExactly(new OnlineResult(List.of(Lookup.Absent.ABSENT)));
    }

    @Test
    void aMovingViewIsPurgedDroppedAndTornDownInBoth() {
        OnlineStore router = served(Map.of());
        FeatureView moving =
                router.routes().orElseThrow().moving(HOT, new ViewMove("hot", "cold", Phase.CUT_OVER, NOON));
        router.update(new ViewChanges(List.of(moving), List.of()));
        router.write(moving, List.of(row(7, 70)));
        assertThat(router.purge(moving, NOON.plusSeconds(1))).isEqualTo(1);
        OnlineStore hot = router.routes().orElseThrow().child("hot");
        assertThat(hot.count(HOT)).isZero();
        assertThat(router.plan(new ViewChanges(List.of(), List.of(moving)))).hasSize(2);
        router.update(new ViewChanges(List.of(), List.of(moving)));
        assertThat(router.plan(new ViewChanges(List.of(), List.of(moving)))).isEmpty();
        router.update(new ViewChanges(List.of(moving), List.of()));
        router.teardown(List.of(moving));
        assertThat(router.plan(new ViewChanges(List.of(), List.of(moving)))).isEmpty();
    }

    @Test
    void aChildThatCannotRemoveItsViewsDoesNotKeepTheOthersFromIt() {
        OnlineStore router = served(Map.of());
        Trouble locked = call -> {
            if (call.equals("teardown")) {
                throw new IOException("locked");
            }
        };
        hotTrouble = locked;
        assertThatThrownBy(() -> router.teardown(List.of(HOT, COLD)))
                .isInstanceOf(StoreException.class)
                .hasMessage("online store 'hot' failed while trying to remove its feature views: locked");
        assertThat(router.plan(new ViewChanges(List.of(), List.of(HOT, COLD))))
                .extracting(InfraChange::store)
                .containsExactly("hot");
        trouble = locked;
        assertThatThrownBy(() -> router.teardown(List.of(HOT, COLD)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("online store 'hot' failed while trying to remove its feature views: locked")
                .hasMessageContaining("online store 'cold' failed while trying to remove its feature views: locked");
    }

    @Test
    void aSearchIsGivenUpAtTheDeadlineToo() {
        OnlineStore router = served(Map.of("deadline", "100ms"));
        hotTrouble = call -> over.await();
        assertThatThrownBy(() -> router.search(search(HOT)))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        late -> assertThat(late.retryable()).isTrue())
                .hasMessage(
                        "online store 'hot' failed while trying to search feature view 'h': no answer within 100 ms");
        assertThat(router.read(List.of(read(COLD, 1)))).containsExactly(new OnlineResult(List.of(found(20))));
    }

    @Test
    void aRefusalNamesTheChild() {
        OnlineStore router = served(Map.of());
        assertThatThrownBy(() -> router.search(search(COLD)))
                .isInstanceOf(UnsupportedException.class)
                .hasMessage("online store 'cold' does not support vector search");
    }

    /** Two children, a row of each view in its own. */
    private OnlineStore served(Map<String, Object> options) {
        OnlineStore router = router(options, file("hot"), file("cold"));
        router.update(new ViewChanges(List.of(HOT, COLD), List.of()));
        router.write(HOT, List.of(row(1, 10)));
        router.write(COLD, List.of(row(1, 20)));
        return router;
    }

    private OnlineStore router(Map<String, Object> options, Object... children) {
        Map<String, Object> all = new HashMap<>(options);
        all.put("online_stores", List.of(children));
        OnlineStore router = RouterContext.around(new InFolder(folder), (config, store) -> switch (String.valueOf(
                        config.options().get("path"))) {
                    case "cold.db" -> new TroubledStore(store, false, call -> trouble.before(call));
                    case "hot.db" -> new TroubledStore(store, true, call -> hotTrouble.before(call));
                    default -> store;
                })
                .open(new StoreConfig("hybrid", all));
        opened.add(router);
        return router;
    }

    /** May lack one capability of the store it stands for, too. */
    private static final class TroubledStore extends ForwardingStore {
        private final boolean searches;
        private final Trouble trouble;

        TroubledStore(OnlineStore store, boolean searches, Trouble trouble) {
            super(store);
            this.searches = searches;
            this.trouble = trouble;
        }

        @Override
        public Set<OnlineCapability> capabilities() {
            Set<OnlineCapability> capabilities = EnumSet.copyOf(super.capabilities());
            if (!searches) {
                capabilities.remove(OnlineCapability.VECTOR_SEARCH);
            }
            return capabilities;
        }

        @Override
        void before(String call) {
            try {
                trouble.before(call);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        }
    }

    private static Map<String, Object> file(String name) {
        return Map.of("name", name, "type", "sqlite", "path", name + ".db");
    }

    private static FeatureView view(String name, String child) {
        FeatureView view = FeatureView.of(name)
                .source(DataSource.Batch.files("unused.parquet"))
                .entities(List.of("driver"))
                .entityColumns(List.of(Field.of("driver", Scalar.INT64)))
                .features(SCORE);
        return view.about(view.about().tags(Map.of("tribe", child)));
    }

    private static OnlineRead read(FeatureView view, long... drivers) {
        List<EntityKey> keys = new ArrayList<>();
        for (long driver : drivers) {
            keys.add(key(driver));
        }
        return new OnlineRead(view, keys, List.of(SCORE));
    }

    private static VectorQuery search(FeatureView view) {
        return new VectorQuery(view, "score", List.of(1f), 1, "L2", List.of());
    }

    private static EntityKey key(long driver) {
        return new EntityKey(List.of("driver"), List.of(new Value.Int(driver)));
    }

    private static OnlineRow row(long driver, long score) {
        return new OnlineRow(key(driver), List.of(new Value.Int(score)), NOON, Optional.empty());
    }

    private static Lookup found(long score) {
        return new Lookup.Found(List.of(new Value.Int(score)), NOON);
    }
}
