package dev.manciple.hybrid.online;

import static dev.manciple.hybrid.online.MovingShop.NOON;
import static dev.manciple.hybrid.online.MovingShop.NOTE;
import static dev.manciple.hybrid.online.MovingShop.SCORE;
import static dev.manciple.hybrid.online.MovingShop.drivers;
import static dev.manciple.hybrid.online.MovingShop.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.ApplyPlan;
import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.MoveListener;
import dev.manciple.MoveOptions;
import dev.manciple.MoveOptions.Verify;
import dev.manciple.MoveOrder;
import dev.manciple.MovePlan;
import dev.manciple.MoveReport;
import dev.manciple.PlanOptions;
import dev.manciple.error.ConflictException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.FeatureView;
import dev.manciple.registry.FileRegistry;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.ViewMove.Phase;
import dev.manciple.tck.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Views that move from one SQLite file to another while the rest goes on. */
@Timeout(180)
class MoveTest {
    private static final MoveOptions NOW = new MoveOptions(Verify.ALL, false, Optional.of(Duration.ZERO));
    private static final MoveOrder TO_COLD = new MoveOrder.To("cold");
    private static final MoveOrder FINISH = new MoveOrder.Finish();
    private static final MoveOrder ROLL_BACK = new MoveOrder.RollBack();

    @TempDir
    Path folder;

    private final List<MovingShop> opened = new ArrayList<>();
    private final Map<String, OnlineStore> children = new HashMap<>();

    @AfterEach
    void close() {
        opened.forEach(MovingShop::close);
    }

    @Test
    void aViewMovesWithAllItsRows() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, drivers(0, 2_500));
        assertThat(shop.store().planMove("scores", "COLD", NOW))
                .isEqualTo(new MovePlan(
                        "scores",
                        "hot",
                        "cold",
                        Optional.empty(),
                        true,
                        OptionalLong.of(2_500),
                        List.of(new InfraChange(Action.CREATE, "cold", "table", "shop_scores")),
                        Optional.of(Duration.ZERO)));
        MoveReport there = move(shop, TO_COLD);
        assertThat(there.state().map(move -> move.phase())).contains(Phase.CUT_OVER);
        assertThat(there.copied()).isEqualTo(2_500);
        assertThat(there.verified()).isEqualTo(2_500);
        assertThat(there.lost()).isZero();
        shop.write(NOON.plusSeconds(1), 20, 7);
        assertThat(shop.scores(drivers(0, 2_500))).containsOnly(10L, 20L).doesNotContain(-1L);
        assertThat(child("hot").count(shop.registered())).as("still written").isEqualTo(2_500);
        assertThat(move(shop, FINISH).state()).isEmpty();
        assertThat(shop.scores(6, 7, 8)).containsExactly(10L, 20L, 10L);
        assertThat(shop.registered().about().tags()).isEqualTo(Map.of("team", "cold"));
        assertThat(child("hot").plan(new ViewChanges(List.of(shop.registered()), List.of())))
                .as("its table is gone")
                .hasSize(1);
    }

    @Test
    void theWayBackIsOpenUntilTheEnd() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, drivers(0, 20));
        move(shop, TO_COLD);
        shop.write(NOON.plusSeconds(1), 20, 7);
        assertThat(move(shop, ROLL_BACK).state()).isEmpty();
        assertThat(shop.scores(6, 7)).containsExactly(10L, 20L);
        assertThat(shop.registered().about().tags()).isEqualTo(Map.of("team", "hot"));
        move(shop, TO_COLD);
        move(shop, FINISH);
        assertThat(shop.scores(6, 7)).containsExactly(10L, 20L);
    }

    /** A reader and a writer work all the time; the move takes its next step when both have gone round since the last. */
    @Test
    void readersAndWritersNoticeNothing() throws Exception {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 0, drivers(0, 300));
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        AtomicLong writes = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<String>> reader = threads.submit(() -> {
                List<String> wrong = new ArrayList<>();
                List<Long> before = Collections.nCopies(300, 0L);
                while (!over.get()) {
                    List<Long> now = shop.scores(drivers(0, 300));
                    for (int i = 0; i < 300; i++) {
                        if (now.get(i) < before.get(i)) {
                            wrong.add("driver %d went from %d to %d".formatted(i, before.get(i), now.get(i)));
                        }
                    }
                    before = now;
                    reads.incrementAndGet();
                }
                return wrong;
            });
            Future<Long> writer = threads.submit(() -> {
                long round = 0;
                while (!over.get()) {
                    round++;
                    shop.write(NOON.plusSeconds(round), round, drivers(0, 300));
                    writes.incrementAndGet();
                }
                return round;
            });
            MoveListener patient = new MoveListener() {
                @Override
                public void step(String sentence) {
                    long read = reads.get();
                    long written = writes.get();
                    try {
                        Await.until(
                                "the reader and the writer have gone round, after: " + sentence,
                                () -> (reads.get() >= read + 2 && writes.get() >= written + 2)
                                        || reader.isDone()
                                        || writer.isDone());
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            };
            try {
                shop.store().move("scores", TO_COLD, NOW, patient);
                shop.store().move("scores", FINISH, NOW, patient);
                shop.store().move("scores", new MoveOrder.To("hot"), NOW, patient);
                shop.store().move("scores", ROLL_BACK, NOW, patient);
            } finally {
                over.set(true);
            }
            assertThat(reader.get())
                    .as("rows that were missing or became older")
                    .isEmpty();
            long last = writer.get();
            assertThat(shop.scores(drivers(0, 300))).containsOnly(last);
        }
    }

    // ---- stopped anywhere ----------------------------------------------------------------------------------------

    @Test
    void aMoveStoppedAtAnyStepGoesOn() throws IOException {
        int step = 0;
        while (!stoppedAt(step, "there", true)) {
            step++;
        }
        assertThat(step).as("steps a move was stopped at").isGreaterThan(25);
    }

    @Test
    void aRollBackStoppedAtAnyStepGoesOn() throws IOException {
        int step = 0;
        while (!stoppedAt(step, "back", false)) {
            step++;
        }
        assertThat(step).as("steps a roll back was stopped at").isGreaterThanOrEqualTo(6);
    }

    /** @return whether the move was over before the step came */
    private boolean stoppedAt(int step, String what, boolean forward) throws IOException {
        Stop stop = new Stop();
        Path place = Files.createDirectory(folder.resolve(what + step));
        try (MovingShop shop = new MovingShop(place, stop)) {
            shop.applied(view("hot")).write(NOON, 10, drivers(0, 30));
            if (!forward) {
                shop.store().move("scores", TO_COLD, NOW, MoveListener.SILENT);
            }
            boolean finished = stop.after(step, () -> {
                if (forward) {
                    shop.store().move("scores", TO_COLD, NOW, MoveListener.SILENT);
                    shop.store().move("scores", FINISH, NOW, MoveListener.SILENT);
                } else {
                    shop.store().move("scores", ROLL_BACK, NOW, MoveListener.SILENT);
                }
            });
            shop.restart(false);
            assertThat(shop.scores(drivers(0, 30)))
                    .as("stopped at step %d", step)
                    .containsOnly(10L);
            shop.write(NOON.plusSeconds(1), 20, 7).write(NOON, 30, 1_000);
            assertThat(shop.scores(6, 7, 1_000)).containsExactly(10L, 20L, 30L);
            complete(shop, forward);
            assertThat(shop.scores(drivers(0, 30))).containsOnly(10L, 20L);
            assertThat(shop.scores(6, 7, 1_000)).as("stopped at step %d", step).containsExactly(10L, 20L, 30L);
            assertThat(shop.registered().about().tags()).isEqualTo(Map.of("team", forward ? "cold" : "hot"));
            // The definition says where the view is, so nothing is left to apply, nor to create.
            ApplyPlan plan = shop.plan(view(forward ? "cold" : "hot"));
            assertThat(plan.diff()).isEmpty();
            assertThat(plan.moves()).isEmpty();
            assertThat(plan.infrastructure()).isEmpty();
            return finished;
        }
    }

    private static void complete(MovingShop shop, boolean forward) {
        Map<String, String> tags = shop.registered().about().tags();
        boolean moving = tags.size() > 1;
        if (forward && (moving || Map.of("team", "hot").equals(tags))) {
            if (!tags.toString().contains("finishing")) {
                shop.store().move("scores", TO_COLD, NOW, MoveListener.SILENT);
            }
            shop.store().move("scores", FINISH, NOW, MoveListener.SILENT);
        } else if (!forward && moving) {
            shop.store().move("scores", ROLL_BACK, NOW, MoveListener.SILENT);
        }
    }

    /** Kills the process, for all it knows, before or after a call of a store or of the registry. */
    private static final class Stop implements MovingShop.Wrapper {
        private int left = Integer.MAX_VALUE;

        private static final class Killed extends Error {
            private static final long serialVersionUID = 1L;
        }

        boolean after(int steps, Runnable work) {
            left = steps;
            try {
                work.run();
                return true;
            } catch (Killed e) {
                return false;
            } finally {
                left = Integer.MAX_VALUE;
            }
        }

        private void step() {
            if (left == 0) {
                throw new Killed();
            }
            left--;
        }

        @Override
        public OnlineStore child(String name, OnlineStore store) {
            return new ForwardingStore(store) {
                @Override
                void before(String call) {
                    step();
                }

                @Override
                void after(String call) {
                    step();
                }
            };
        }

        @Override
        public Registry registry(Registry registry) {
            return new Registry() {
                @Override
                public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
                    return registry.load(project, known);
                }

                @Override
                public Set<String> projects() {
                    return registry.projects();
                }

                @Override
                public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
                    step();
                    RegistrySnapshot committed = registry.commit(base, changes);
                    step();
                    return committed;
                }

                @Override
                public void teardown(String project) {
                    registry.teardown(project);
                }

                @Override
                public void close() {
                    registry.close();
                }
            };
        }
    }

    // ---- apply ---------------------------------------------------------------------------------------------------

    @Test
    void aChangedTagIsAMoveThatApplyRefuses() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, 1);
        ApplyPlan plan = shop.plan(view("cold"));
        assertThat(plan.moves()).containsExactly(new ApplyPlan.Move("scores", "hot", "cold"));
        assertThatThrownBy(() -> shop.store().apply(plan))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(
                        "Feature view 'scores' has its rows in online store 'hot', but its tags say 'cold'")
                .hasMessageContaining("manciple move scores --to cold");
        assertThat(shop.scores(1)).containsExactly(10L);
        move(shop, TO_COLD);
        move(shop, FINISH);
        assertThat(shop.plan(view("cold")).diff()).isEmpty();
        assertThatThrownBy(() -> shop.applied(view("hot"))).hasMessageContaining("manciple move scores --to hot");
        assertThat(shop.plan(view("sqlite").about(view("x").about().tags(Map.of("team", "COLD"))))
                        .moves())
                .as("the same store in other letters")
                .isEmpty();
    }

    @Test
    void anApplyDuringAMoveLeavesItAlone() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, drivers(0, 9));
        move(shop, TO_COLD);
        FeatureView before = shop.registered();
        for (String team : List.of("hot", "cold")) {
            ApplyPlan plan = shop.plan(view(team));
            assertThat(plan.moves()).isEmpty();
            assertThat(plan.diff()).isEmpty();
        }
        shop.applied(view("hot", SCORE, NOTE));
        assertThat(shop.registered().about().tags()).isEqualTo(before.about().tags());
        assertThat(shop.registered().features()).hasSize(2);
        move(shop, ROLL_BACK);
        assertThat(shop.scores(drivers(0, 9))).containsOnly(10L);
    }

    @Test
    void noDefinitionBeginsAMove() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, 1);
        FeatureView forged = view("hot");
        forged = forged.about(forged.about()
                .tags(Map.of(
                        "team",
                        "hot",
                        "manciple.dev/move-team",
                        "cut_over from hot to cold since 2025-01-01T00:00:00Z")));
        shop.applied(forged);
        assertThat(shop.registered().about().tags()).isEqualTo(Map.of("team", "hot"));
    }

    @Test
    void anApplyMendsAMoveNobodyCanRead() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, 1);
        FeatureView broken = shop.registered();
        broken = broken.about(broken.about().tags(Map.of("team", "hot", "manciple.dev/move-team", "x")));
        try (Registry registry = new FileRegistry(folder.resolve("registry.db"), false, InstantSource.system())) {
            registry.commit(registry.load("shop", Optional.empty()), List.of(new RegistryChange.Put(broken)));
        }
        assertThatThrownBy(() -> shop.store().move("scores", TO_COLD, NOW, MoveListener.SILENT))
                .hasMessageContaining("its tag 'manciple.dev/move-team'");
        shop.applied(view("hot"));
        move(shop, TO_COLD);
        assertThat(shop.scores(1)).containsExactly(10L);
    }

    @Test
    void aViewThatIsRemovedWhileItMovesLeavesBothStores() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, 1);
        move(shop, TO_COLD);
        ApplyPlan plan = shop.store().plan(List.of(), new PlanOptions(false, true));
        assertThat(plan.infrastructure())
                .containsExactlyInAnyOrder(
                        new InfraChange(Action.DROP, "hot", "table", "shop_scores"),
                        new InfraChange(Action.DROP, "cold", "table", "shop_scores"));
        shop.store().apply(plan);
        assertThat(shop.store().plan(List.of(), new PlanOptions(false, true)).infrastructure())
                .isEmpty();
    }

    // ---- what does not match -------------------------------------------------------------------------------------

    @Test
    void aCopyThatDiffersIsCopiedAgain() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, drivers(0, 50));
        trouble.put("hot scan", () -> {
            trouble.clear();
            // Another writer's equal row reaches the copy only: the original is right.
            child("cold").write(shop.registered(), List.of(row(3, NOON, 99)));
        });
        move(shop, TO_COLD);
        assertThat(shop.scores(3)).containsExactly(10L);
    }

    @Test
    void aCopyWithARowTooManyIsNotRead() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, drivers(0, 50));
        trouble.put("hot scan", () -> {
            trouble.clear();
            child("cold").write(shop.registered(), List.of(row(1_000, NOON, 99)));
        });
        assertThatThrownBy(() -> move(shop, TO_COLD))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("'scores' has 50 rows in 'hot' and 51 in 'cold'. Nothing was switched");
        assertThat(shop.scores(1_000)).containsExactly(-1L);
        move(shop, ROLL_BACK);
        move(shop, TO_COLD);
        assertThat(shop.scores(drivers(0, 50))).containsOnly(10L);
    }

    /** The copy carries the event time of a row that was replaced by another with the same time in between. */
    @Test
    void aRowWrittenMeanwhileWithTheSameTimeIsNotReplacedByTheCopy() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, 5);
        trouble.put("cold write", () -> {
            trouble.clear();
            shop.write(NOON, 20, 5);
        });
        shop.store().move("scores", TO_COLD, new MoveOptions(Verify.COUNT, false, NOW.settle()), MoveListener.SILENT);
        assertThat(shop.scores(5)).containsExactly(20L);
    }

    @Test
    void rowsThatAreLeftOverInTheNewStoreStopTheMoveBeforeItBegins() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, 5);
        OnlineStore cold = child("cold");
        cold.update(new ViewChanges(List.of(shop.registered()), List.of()));
        cold.write(shop.registered(), List.of(row(9, NOON, 1)));
        assertThatThrownBy(() -> move(shop, TO_COLD))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Online store 'cold' holds 1 row of feature view 'scores' already");
        assertThat(shop.registered().about().tags()).isEqualTo(Map.of("team", "hot"));
    }

    // ---- a store that keeps no keys ------------------------------------------------------------------------------

    @Test
    void rowsOfAStoreWithoutKeysAreFoundByHistoryAndTheRestIsCounted() {
        hashOnly.add("hot");
        MovingShop shop = shop().applied(view("hot")).history(10, drivers(0, 1_200));
        materialize(shop);
        shop.write(NOON.plusSeconds(1), 20, 7).write(NOON, 30, 5_000, 5_001, 5_002);
        assertThat(shop.store().planMove("scores", "cold", NOW).scans()).isFalse();
        assertThatThrownBy(() -> move(shop, TO_COLD))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(
                        "3 rows of feature view 'scores' in online store 'hot' cannot be copied whole: 3 under keys that are neither in its history nor were written since the move began, 0 with a damaged value");
        assertThat(shop.scores(0, 7, 5_000)).as("nothing is lost yet").containsExactly(10L, 20L, 30L);
        // Written since the move began, so it is in both.
        shop.write(NOON.plusSeconds(2), 31, 5_001);
        assertThatThrownBy(() -> move(shop, TO_COLD)).hasMessageContaining("2 rows of feature view 'scores'");
        MoveReport report = shop.store()
                .move("scores", TO_COLD, new MoveOptions(Verify.ALL, true, NOW.settle()), MoveListener.SILENT);
        assertThat(report.lost()).isEqualTo(2);
        assertThat(report.copied()).isEqualTo(1_200);
        assertThat(shop.scores(0, 7, 5_000, 5_001)).containsExactly(10L, 20L, -1L, 31L);
    }

    @Test
    void aStoreThatCanNotEvenCountNeedsTheSameConsent() {
        hashOnly.add("hot");
        uncounted.add("hot");
        MovingShop shop = shop().applied(view("hot")).history(10, 1, 2);
        materialize(shop);
        assertThatThrownBy(() -> move(shop, TO_COLD))
                .hasMessageContaining(
                        "Online store 'hot' can neither list nor count the rows of feature view 'scores'");
        shop.store().move("scores", TO_COLD, new MoveOptions(Verify.ALL, true, NOW.settle()), MoveListener.SILENT);
        assertThat(shop.scores(1, 2)).containsExactly(10L, 10L);
    }

    @Test
    void aMaterializationThatAMoveOvertookIsNotRecorded() {
        MovingShop shop = shop().applied(view("hot")).history(10, drivers(0, 20));
        trouble.put("hot write", () -> {
            trouble.clear();
            move(shop, TO_COLD);
        });
        MaterializeReport report = shop.store()
                .materialize(
                        NOON.minusSeconds(1), NOON.plusSeconds(1), List.of("scores"), new MaterializeListener() {});
        assertThat(report.failedViews().get("scores"))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("began or ended a move between online stores while it was materialized");
        assertThat(shop.store().registry().materialized().get("scores")).isNull();
        materialize(shop);
        assertThat(shop.scores(drivers(0, 20))).containsOnly(10L);
    }

    // ---- refusals ------------------------------------------------------------------------------------------------

    @Test
    void ordersThatDoNotFitAreRefusedWithTheWayOn() {
        MovingShop shop = shop().applied(view("hot")).write(NOON, 10, 1);
        refused(
                shop,
                new MoveOrder.To("warm"),
                NotFoundException.class,
                "Online store 'warm' does not exist. Known stores: hot, cold");
        refused(shop, new MoveOrder.To("hot"), InvalidRequestException.class, "is in online store 'hot' already");
        refused(
                shop,
                FINISH,
                InvalidRequestException.class,
                "is in no move. Begin one with --to; known stores: hot, cold");
        refused(shop, ROLL_BACK, InvalidRequestException.class, "is in no move");
        assertThatThrownBy(() -> shop.store().move("x", TO_COLD, NOW, MoveListener.SILENT))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("Known: scores");
        move(shop, TO_COLD);
        refused(
                shop,
                new MoveOrder.To("hot"),
                InvalidRequestException.class,
                "is on its way from 'hot' to 'cold' (copied, and read from the new store): go on with --to cold, or end it with --roll-back");
        assertThat(move(shop, TO_COLD).copied()).as("nothing more to do").isZero();
        trouble.put("hot update", () -> {
            throw new IllegalStateException("down");
        });
        assertThatThrownBy(() -> move(shop, FINISH)).hasMessageContaining("down");
        refused(
                shop,
                ROLL_BACK,
                InvalidRequestException.class,
                "end the move with --finish, then move it back with --to hot");
        refused(shop, TO_COLD, InvalidRequestException.class, "(about to leave the old store): end it with --finish");
        trouble.clear();
        move(shop, FINISH);
    }

    private static void refused(MovingShop shop, MoveOrder order, Class<? extends Throwable> kind, String message) {
        assertThatThrownBy(() -> move(shop, order)).isInstanceOf(kind).hasMessageContaining(message);
    }

    // ---- set-up --------------------------------------------------------------------------------------------------

    /** What happens once before a call, by child and call. */
    private final Map<String, Runnable> trouble = new ConcurrentHashMap<>();

    private final Set<String> hashOnly = new HashSet<>();
    private final Set<String> uncounted = new HashSet<>();

    private MovingShop shop() {
        MovingShop shop = new MovingShop(folder, new MovingShop.Wrapper() {
            @Override
            public OnlineStore child(String name, OnlineStore store) {
                children.put(name, store);
                return new ForwardingStore(store) {
                    @Override
                    void before(String call) {
                        Runnable event = trouble.get(name + " " + call);
                        if (event != null) {
                            event.run();
                        }
                    }

                    @Override
                    public Set<OnlineCapability> capabilities() {
                        Set<OnlineCapability> all = EnumSet.copyOf(super.capabilities());
                        if (hashOnly.contains(name)) {
                            all.remove(OnlineCapability.SCAN);
                        }
                        return all;
                    }

                    @Override
                    public Stream<OnlineRow> scan(FeatureView view) {
                        if (hashOnly.contains(name)) {
                            throw new UnsupportedException(OnlineCapability.SCAN.name(), "reading all rows of a view");
                        }
                        return super.scan(view);
                    }

                    @Override
                    public long count(FeatureView view) {
                        if (uncounted.contains(name)) {
                            throw new UnsupportedException(OnlineCapability.SCAN.name(), "counting rows");
                        }
                        return super.count(view);
                    }
                };
            }
        });
        opened.add(shop);
        return shop;
    }

    private OnlineStore child(String name) {
        return Objects.requireNonNull(children.get(name));
    }

    private static MoveReport move(MovingShop shop, MoveOrder order) {
        return shop.store().move("scores", order, NOW, MoveListener.SILENT);
    }

    private static void materialize(MovingShop shop) {
        assertThat(shop.store()
                        .materialize(
                                NOON.minusSeconds(1),
                                NOON.plusSeconds(1),
                                List.of("scores"),
                                new MaterializeListener() {})
                        .failedViews())
                .isEmpty();
    }

    private static OnlineRow row(long driver, Instant time, long score) {
        return new OnlineRow(
                new EntityKey(List.of("driver"), List.of(new Value.Int(driver))),
                List.of(new Value.Int(score)),
                time,
                Optional.empty());
    }
}
