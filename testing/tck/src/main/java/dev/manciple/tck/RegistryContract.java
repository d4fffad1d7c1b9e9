package dev.manciple.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConflictException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.model.About;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Interval;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What {@link Registry} promises, one test per promise. A connector subclasses it with one fixture:
 *
 * <pre>{@code
 * class MyRegistryTest extends RegistryContract {
 *     @Override
 *     protected RegistryFixture fixture(Path emptyFolder) {
 *         return new MyFixture(emptyFolder);
 *     }
 * }
 * }</pre>
 */
public abstract class RegistryContract extends KitTest {
    private static final String PROJECT = "shop";
    private static final Instant NOON = Instant.parse("2025-06-01T12:00:00.123456Z");
    private static final Interval MORNING = new Interval(NOON.minus(Duration.ofHours(6)), NOON);
    private static final Interval EVENING = new Interval(NOON, NOON.plus(Duration.ofHours(6)));

    private final List<Registry> opened = new ArrayList<>();
    private @Nullable RegistryFixture fixture;
    private @Nullable Registry registry;

    /** A fixture of the registry under test; asked for once per test, with an empty folder. */
    protected abstract RegistryFixture fixture(Path emptyFolder);

    @BeforeEach
    final void open() {
        fixture = fixture(folder);
        registry = another();
    }

    @AfterEach
    final void close() {
        opened.forEach(Registry::close);
        if (fixture != null) {
            fixture.close();
        }
    }

    private Registry registry() {
        return Objects.requireNonNull(registry);
    }

    /** Another registry over the same backend, as another process has it. */
    private Registry another() {
        Registry another = Objects.requireNonNull(fixture).open(context(PROJECT));
        opened.add(another);
        return another;
    }

    @Nested
    class Loads {
        @Test
        void ofAProjectNobodyAppliedAreEmpty() {
            assertThat(load()).isEqualTo(RegistrySnapshot.empty(PROJECT));
            assertThat(registry().projects()).isEmpty();
        }

        @Test
        void giveTheKnownSnapshotBackWhereNothingChanged() {
            RegistrySnapshot known = put(load(), Definitions.DRIVER);
            assertThat(registry().load(PROJECT, Optional.of(known))).isSameAs(known);
        }

        @Test
        void giveWhatChangedSinceTheKnownSnapshot() {
            RegistrySnapshot known = put(load(), Definitions.DRIVER);
            put(known, Entity.of("customer").type(Scalar.STRING));
            assertThat(registry().load(PROJECT, Optional.of(known)).entities()).containsOnlyKeys("driver", "customer");
        }

        @Test
        void seeWhatAnotherRegistryCommitted() {
            put(load(), Definitions.DRIVER);
            assertThat(another().load(PROJECT, Optional.empty()).entities()).containsOnlyKeys("driver");
        }

        @Test
        void doNotTakeAnotherProjectsSnapshotForTheirs() {
            RegistrySnapshot known = put(load(), Definitions.DRIVER);
            assertThat(registry().load("bank", Optional.of(known)).entities()).isEmpty();
        }
    }

    @Nested
    class Commits {
        @Test
        void keepEveryPartOfEveryKindOfDefinition() {
            List<Definition> definitions = Definitions.all(PROJECT);
            RegistrySnapshot committed = registry()
                    .commit(load(), definitions.stream().map(Commits::put).toList());
            RegistrySnapshot loaded = another().load(PROJECT, Optional.empty());
            for (Definition definition : definitions) {
                for (RegistrySnapshot snapshot : List.of(committed, loaded)) {
                    assertThat(find(snapshot, definition))
                            .as("%s '%s'", definition.kind().words(), definition.name())
                            .usingRecursiveComparison()
                            .ignoringFieldsOfTypes(Extras.class)
                            .isEqualTo(definition);
                }
            }
        }

        private static RegistryChange put(Definition definition) {
            return new RegistryChange.Put(definition);
        }

        @Test
        void giveTheSnapshotThatALoadGives() {
            RegistrySnapshot committed = RegistryContract.this.put(load(), Definitions.all(PROJECT));
            assertThat(registry().load(PROJECT, Optional.empty())).isEqualTo(committed);
            assertThat(another().load(PROJECT, Optional.empty())).isEqualTo(committed);
        }

        @Test
        void haveEachAVersionOfTheirOwn() {
            RegistrySnapshot first = RegistryContract.this.put(load(), Definitions.DRIVER);
            RegistrySnapshot second =
                    RegistryContract.this.put(first, Definitions.DRIVER.about(About.NOTHING.description("changed")));
            assertThat(first.version()).isNotBlank();
            assertThat(second.version()).isNotBlank().isNotEqualTo(first.version());
        }

        @Test
        void replaceADefinitionOfTheSameName() {
            RegistrySnapshot first = RegistryContract.this.put(load(), Definitions.DRIVER);
            Entity changed = Definitions.DRIVER.joinKey("id").type(Scalar.STRING);
            RegistrySnapshot second = RegistryContract.this.put(first, changed);
            assertThat(second.entities()).hasSize(1);
            assertThat(second.entities().get("driver"))
                    .usingRecursiveComparison()
                    .ignoringFieldsOfTypes(Extras.class)
                    .isEqualTo(changed);
        }

        @Test
        void removeWhatTheyNameAndNothingElse() {
            RegistrySnapshot all = RegistryContract.this.put(load(), Definitions.all(PROJECT));
            RegistrySnapshot less = registry()
                    .commit(
                            all,
                            List.of(
                                    new RegistryChange.Remove(Definition.Kind.FEATURE_SERVICE, "pricing"),
                                    new RegistryChange.Remove(Definition.Kind.ON_DEMAND_FEATURE_VIEW, "fare")));
            assertThat(less.services()).isEmpty();
            assertThat(less.views())
                    .doesNotContainKey("fare")
                    .hasSize(all.views().size() - 1);
            assertThat(less.sources()).isEqualTo(all.sources());
            assertThat(less.preserved()).isEqualTo(all.preserved());
        }

        @Test
        void ontoAnOldSnapshotConflictAndChangeNothing() {
            RegistrySnapshot base = RegistryContract.this.put(load(), Definitions.DRIVER);
            RegistrySnapshot newer =
                    another().commit(base, List.of(put(Entity.of("customer").type(Scalar.STRING))));
            assertThatThrownBy(() -> RegistryContract.this.put(base, Entity.of("product")))
                    .isInstanceOf(ConflictException.class);
            assertThat(load()).isEqualTo(newer);
        }

        @Test
        void conflictWhereOnlyAPermissionChanged() {
            RegistrySnapshot base = RegistryContract.this.put(load(), Definitions.DRIVER);
            RegistrySnapshot newer = another().commit(base, List.of(put(Definitions.READERS)));
            assertThatThrownBy(() -> RegistryContract.this.put(base, Entity.of("product")))
                    .isInstanceOf(ConflictException.class);
            assertThat(load()).isEqualTo(newer);
        }

        @Test
        void ontoNothingConflictWhereSomethingIsByNow() {
            RegistrySnapshot nothing = load();
            RegistryContract.this.put(nothing, Definitions.DRIVER);
            assertThatThrownBy(() -> RegistryContract.this.put(nothing, Definitions.DRIVER))
                    .isInstanceOf(ConflictException.class);
        }

        @Test
        void applyAllChangesOrNone() {
            RegistrySnapshot before = RegistryContract.this.put(load(), Definitions.DRIVER);
            assertThatThrownBy(() -> registry()
                            .commit(
                                    before,
                                    List.of(
                                            put(Entity.of("customer")),
                                            new RegistryChange.Materialized("no such view", MORNING))))
                    .isInstanceOf(FeatureStoreException.class)
                    .hasMessageContaining("no such view");
            assertThat(load()).isEqualTo(before);
        }

        @Test
        void takeAwkwardNames() {
            RandomData random = new RandomData(new Random(31), ChronoUnit.MICROS);
            List<Definition> entities = IntStream.range(0, 40)
                    .<Definition>mapToObj(i -> Entity.of(random.name(i)).type(Scalar.STRING))
                    .toList();
            RegistryContract.this.put(load(), entities);
            assertThat(another().load(PROJECT, Optional.empty()).entities().keySet())
                    .containsExactlyInAnyOrderElementsOf(
                            entities.stream().map(Definition::name).toList());
        }
    }

    @Nested
    class ConcurrentCommits {
        private static final int WRITERS = 8;
        private static final int COMMITS = 5;

        @Test
        void loseNoUpdate() throws Exception {
            runAll(writers((writer, round) -> new RegistryChange.Put(
                    Entity.of("entity %d %d".formatted(writer, round)).type(Scalar.INT64))));
            assertThat(load().entities()).hasSize(WRITERS * COMMITS);
        }

        @Test
        void loseNoMaterializedWindow() throws Exception {
            put(load(), Definitions.DRIVER, Definitions.FILES, Definitions.STATS);
            String view = Definitions.STATS.name();
            runAll(writers((writer, round) -> {
                Instant start = NOON.plus(Duration.ofDays(writer * 100L + round));
                return new RegistryChange.Materialized(view, new Interval(start, start.plusSeconds(1)));
            }));
            assertThat(load().materialized().get(view))
                    .hasSize(WRITERS * COMMITS)
                    .doesNotHaveDuplicates();
        }

        /** What one of several writers commits in one round. */
        @FunctionalInterface
        private interface Change {
            RegistryChange of(int writer, int round);
        }

        /** Writers that all commit onto the same state in every round, so that only one of them can be the first. */
        private List<Callable<Integer>> writers(Change change) {
            CyclicBarrier allLoaded = new CyclicBarrier(WRITERS);
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                // Every other writer has a registry of its own, as another process would.
                Registry own = i % 2 == 0 ? registry() : another();
                int writer = i;
                writers.add(() -> {
                    for (int round = 0; round < COMMITS; round++) {
                        RegistrySnapshot base = own.load(PROJECT, Optional.empty());
                        allLoaded.await(30, TimeUnit.SECONDS);
                        commitUntilDone(own, base, change.of(writer, round));
                    }
                    return writer;
                });
            }
            return writers;
        }

        @Test
        void areNeverSeenHalfDone() throws Exception {
            CountDownLatch done = new CountDownLatch(1);
            Callable<Integer> writer = () -> {
                try {
                    for (int i = 0; i < 20; i++) {
                        About about = About.NOTHING.description("round " + i);
                        put(
                                load(),
                                Entity.of("first").type(Scalar.INT64).about(about),
                                Entity.of("second").type(Scalar.INT64).about(about));
                    }
                } finally {
                    done.countDown();
                }
                return 0;
            };
            Registry other = another();
            Callable<Integer> reader = () -> {
                int torn = 0;
                boolean last = false;
                while (!last) {
                    last = done.getCount() == 0;
                    List<String> descriptions = other.load(PROJECT, Optional.empty()).entities().values().stream()
                            .map(entity -> entity.about().description())
                            .toList();
                    torn += descriptions.isEmpty()
                                    || (descriptions.size() == 2
                                            && descriptions.getFirst().equals(descriptions.getLast()))
                            ? 0
                            : 1;
                }
                return torn;
            };
            assertThat(runAll(List.of(writer, reader)))
                    .as("torn snapshots seen")
                    .containsOnly(0);
        }

        private static void commitUntilDone(Registry registry, RegistrySnapshot first, RegistryChange change) {
            RegistrySnapshot base = first;
            // Far more than there are other commits to be overtaken by.
            for (int attempt = 0; attempt < 10 * WRITERS * COMMITS; attempt++) {
                try {
                    registry.commit(base, List.of(change));
                    return;
                } catch (ConflictException overtaken) {
                    base = registry.load(PROJECT, Optional.empty());
                }
            }
            throw new AssertionError("No commit went through, as if others committed all the time: " + change);
        }

        private static List<Integer> runAll(List<Callable<Integer>> tasks) throws Exception {
            List<Integer> results = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Integer> result : threads.invokeAll(tasks)) {
                    results.add(result.get());
                }
            }
            return results;
        }
    }

    @Nested
    class Materializations {
        private RegistrySnapshot base() {
            return put(
                    load(),
                    Definitions.DRIVER,
                    Definitions.FILES,
                    Definitions.PUSH,
                    Definitions.STATS,
                    Definitions.PUSHED);
        }

        private RegistrySnapshot record(RegistrySnapshot base, String view, Interval interval) {
            return registry().commit(base, List.of(new RegistryChange.Materialized(view, interval)));
        }

        @Test
        void areAppendedInOrder() {
            String view = Definitions.STATS.name();
            record(record(base(), view, EVENING), view, MORNING);
            assertThat(another().load(PROJECT, Optional.empty()).materialized().get(view))
                    .containsExactly(EVENING, MORNING);
            assertThat(load().materialized().getOrDefault(Definitions.PUSHED.name(), List.of()))
                    .isEmpty();
        }

        @Test
        void areKeptWhenTheViewIsAppliedAgain() {
            String view = Definitions.STATS.name();
            RegistrySnapshot recorded = record(base(), view, MORNING);
            put(recorded, Definitions.STATS.ttl(Duration.ofDays(1)));
            assertThat(load().materialized().get(view)).containsExactly(MORNING);
            assertThat(load().views().get(view))
                    .isInstanceOfSatisfying(
                            FeatureView.class,
                            replaced -> assertThat(replaced.ttl()).isEqualTo(Duration.ofDays(1)));
        }

        @Test
        void goWithTheirView() {
            String view = Definitions.STATS.name();
            RegistrySnapshot recorded = record(base(), view, MORNING);
            RegistrySnapshot removed =
                    registry().commit(recorded, List.of(new RegistryChange.Remove(Definition.Kind.FEATURE_VIEW, view)));
            put(removed, Definitions.STATS);
            assertThat(load().materialized().getOrDefault(view, List.of())).isEmpty();
        }
    }

    @Nested
    class PreservedDefinitions {
        @Test
        void outliveEveryOtherChange() {
            Preserved dataset = Definitions.savedDataset(PROJECT);
            RegistrySnapshot snapshot = put(load(), Definitions.DRIVER, Definitions.FILES, Definitions.STATS, dataset);
            snapshot = put(snapshot, Entity.of("customer").type(Scalar.STRING));
            snapshot = registry()
                    .commit(snapshot, List.of(new RegistryChange.Materialized(Definitions.STATS.name(), MORNING)));
            assertThat(snapshot.preserved()).contains(dataset);
            assertThat(another().load(PROJECT, Optional.empty()).preserved()).contains(dataset);
        }
    }

    @Nested
    class Projects {
        @Test
        void areListed() {
            put(load(), Definitions.DRIVER);
            put(registry().load("bank", Optional.empty()), Entity.of("account").type(Scalar.STRING));
            assertThat(another().projects()).containsExactlyInAnyOrder(PROJECT, "bank");
        }

        @Test
        void keepDefinitionsOfOneNameApart() {
            put(load(), Definitions.DRIVER);
            put(registry().load("bank", Optional.empty()), Definitions.DRIVER.joinKey("another_id"));
            assertThat(load().entities().get("driver"))
                    .extracting(Entity::joinKey)
                    .isEqualTo("driver_id");
            assertThat(registry().load("bank", Optional.empty()).entities().get("driver"))
                    .extracting(Entity::joinKey)
                    .isEqualTo("another_id");
        }

        @Test
        void areTornDownOneAtATime() {
            put(load(), Definitions.all(PROJECT));
            RegistrySnapshot bank = put(registry().load("bank", Optional.empty()), Definitions.all("bank"));
            registry().teardown(PROJECT);
            assertThat(registry().projects()).containsExactly("bank");
            RegistrySnapshot gone = another().load(PROJECT, Optional.empty());
            assertThat(gone.entities()).isEmpty();
            assertThat(gone.sources()).isEmpty();
            assertThat(gone.views()).isEmpty();
            assertThat(gone.services()).isEmpty();
            assertThat(gone.permissions()).isEmpty();
            assertThat(gone.preserved()).isEmpty();
            assertThat(gone.materialized()).isEmpty();
            RegistrySnapshot left = another().load("bank", Optional.empty());
            // The version may be the whole registry's, so that it changes too.
            assertThat(left)
                    .usingRecursiveComparison()
                    .ignoringFields("version")
                    .isEqualTo(bank);
        }

        @Test
        void thatAreNotThereAreTornDownWithoutComplaint() {
            registry().teardown("nobody");
            RegistrySnapshot shop = put(load(), Definitions.DRIVER);
            registry().teardown("nobody");
            assertThat(load().entities()).isEqualTo(shop.entities());
        }

        @Test
        void canBeAppliedAgainAfterATeardown() {
            put(load(), Definitions.DRIVER);
            registry().teardown(PROJECT);
            put(load(), Entity.of("customer").type(Scalar.STRING));
            assertThat(load().entities()).containsOnlyKeys("customer");
        }
    }

    private RegistrySnapshot load() {
        return registry().load(PROJECT, Optional.empty());
    }

    private RegistrySnapshot put(RegistrySnapshot base, Definition... definitions) {
        return put(base, List.of(definitions));
    }

    private RegistrySnapshot put(RegistrySnapshot base, List<Definition> definitions) {
        return registry()
                .commit(
                        base,
                        definitions.stream()
                                .<RegistryChange>map(RegistryChange.Put::new)
                                .toList());
    }

    private static @Nullable Object find(RegistrySnapshot snapshot, Definition definition) {
        String name = definition.name();
        return switch (definition) {
            case Entity entity -> snapshot.entities().get(name);
            case DataSource source -> snapshot.sources().get(name);
            case AnyFeatureView view -> snapshot.views().get(name);
            case FeatureService service -> snapshot.services().get(name);
            case Permission permission -> snapshot.permissions().get(name);
            case Preserved preserved ->
                snapshot.preserved().stream()
                        .filter(each ->
                                each.as() == preserved.as() && each.name().equals(name))
                        .findFirst()
                        .orElse(null);
        };
    }
}
