package dev.manciple.tck;

import static dev.manciple.tck.Values.NULL;
import static dev.manciple.tck.Values.integer;
import static dev.manciple.tck.Values.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.Neighbor;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link OnlineStore} promises, one test per promise. A connector subclasses it with one fixture:
 *
 * <pre>{@code
 * class MyOnlineStoreTest extends OnlineStoreContract {
 *     @Override
 *     protected OnlineFixture fixture(Path emptyFolder) {
 *         return new MyFixture(emptyFolder);
 *     }
 * }
 * }</pre>
 *
 * <p>Values of time are whole seconds, as in the format Feast stores them in; event times are rounded down to
 * {@link OnlineStore#timePrecision}.
 */
public abstract class OnlineStoreContract extends OnlineHarness {
    /** How many threads write one row at once. */
    static final int WRITERS = 200;

    /** How many keys sixteen threads write at once. */
    static final int RACED_KEYS = 1000;

    /** How many times each of these keys is written. */
    static final int RACED_EVENTS = 4;

    @Test
    final void declaresTheCapabilitiesItsAuthorExpects() {
        assertThat(store().capabilities()).isEqualTo(fixture().expectedCapabilities());
    }

    @Nested
    class Reads {
        @Test
        void giveWhatWasWritten() {
            write(row(1, NOON, 10));
            assertThat(read(DRIVERS, key(1))).containsExactly(found(NOON, integer(10), text("n10")));
        }

        @Test
        void comeInKeyOrderDuplicatesIncluded() {
            write(row(1, NOON, 10), row(2, NOON, 20), row(3, NOON, 30));
            assertThat(scores(3, 1, 2, 1, 4, 3))
                    .containsExactly(integer(30), integer(10), integer(20), integer(10), null, integer(30));
        }

        @Test
        void tellKeysThatWereNeverWritten() {
            write(row(1, NOON, 10));
            assertThat(read(DRIVERS, key(2), key(1)))
                    .containsExactly(Lookup.Absent.ABSENT, found(NOON, integer(10), text("n10")));
        }

        @Test
        void tellNullFromMissing() {
            FeatureView before = view("grown", DRIVERS.entityColumns(), SCORE);
            FeatureView after = view("grown", DRIVERS.entityColumns(), SCORE, NOTE);
            update(before);
            store().write(before, List.of(row(key(1), NOON, NULL)));
            update(after);
            assertThat(values(read(after, key(1)).getFirst())).containsExactly(NULL, Value.Missing.MISSING);
        }

        @Test
        void giveTheFeaturesAskedForInThatOrder() {
            write(row(1, NOON, 10));
            OnlineRead swapped = new OnlineRead(DRIVERS, List.of(key(1)), List.of(NOTE, SCORE));
            OnlineRead one = new OnlineRead(DRIVERS, List.of(key(1)), List.of(NOTE));
            assertThat(store().read(List.of(swapped, one)))
                    .containsExactly(
                            new OnlineResult(List.of(found(NOON, text("n10"), integer(10)))),
                            new OnlineResult(List.of(found(NOON, text("n10")))));
        }

        @Test
        void giveAFeatureTheSameTimeWhateverElseIsAskedFor() {
            write(row(1, NOON, 10));
            write(row(key(1), NOON.plus(HOUR), integer(20), Value.Missing.MISSING));
            List<Instant> together = times(SCORE, NOTE);
            assertThat(together.getFirst()).as("of the newer feature").isEqualTo(NOON.plus(HOUR));
            assertThat(together.getLast())
                    .as("of the older feature: its own, or the row's")
                    .isIn(NOON, NOON.plus(HOUR));
            assertThat(times(SCORE)).containsExactly(together.getFirst());
            assertThat(times(NOTE)).containsExactly(together.getLast());
        }

        private List<Instant> times(Field... features) {
            List<OnlineResult> results =
                    store().read(List.of(new OnlineRead(DRIVERS, List.of(key(1)), List.of(features))));
            return ((Lookup.Found) results.getFirst().lookups().getFirst()).eventTimes();
        }

        @Test
        void ofSeveralViewsComeInRequestOrder() {
            FeatureView other = view("customers", List.of(Field.of("customer", Scalar.STRING)), SCORE);
            update(DRIVERS, other);
            write(row(1, NOON, 10));
            store().write(other, List.of(row(key(other, text("c")), NOON.plus(HOUR), integer(7))));
            OnlineRead drivers = new OnlineRead(DRIVERS, List.of(key(1), key(2)), List.of(SCORE));
            OnlineRead customers = new OnlineRead(other, List.of(key(other, text("c"))), List.of(SCORE));
            OnlineResult ofDrivers = new OnlineResult(List.of(found(NOON, integer(10)), Lookup.Absent.ABSENT));
            OnlineResult ofCustomers = new OnlineResult(List.of(found(NOON.plus(HOUR), integer(7))));
            assertThat(store().read(List.of(drivers, customers, customers)))
                    .containsExactly(ofDrivers, ofCustomers, ofCustomers);
        }

        @Test
        void ofNothingGiveNothing() {
            assertThat(store().read(List.of())).isEmpty();
            assertThat(read(DRIVERS)).isEmpty();
        }

        @Test
        void giveRowsPastTheirTtlWhoCallsJudgesAge() {
            assumeFalse(can(OnlineCapability.EXPIRES_ROWS), "the store deletes them");
            FeatureView brief = view("brief", DRIVERS.entityColumns(), SCORE).ttl(HOUR);
            update(brief);
            Instant longAgo = Instant.parse("1999-12-31T23:59:59Z");
            store().write(brief, List.of(row(key(1), longAgo, integer(10))));
            assertThat(read(brief, key(1))).containsExactly(found(longAgo, integer(10)));
        }

        @Test
        void ofManyKeysAtOnceGiveThemAll() {
            List<OnlineRow> rows = LongStream.range(0, 3000)
                    .mapToObj(i -> row(i, NOON, i))
                    .collect(Collectors.toCollection(ArrayList::new));
            Collections.shuffle(rows, new Random(1));
            store().write(DRIVERS, rows);
            long[] drivers = LongStream.range(0, 3000).toArray();
            assertThat(scores(drivers))
                    .containsExactlyElementsOf(
                            LongStream.of(drivers).mapToObj(i -> integer(i)).toList());
        }

        @Test
        void loseOnlyTheValueThatIsDamaged() {
            write(row(1, NOON, 10), row(2, NOON, 20));
            assumeTrue(fixture().corrupt("tck", DRIVERS, key(1), SCORE), "the fixture cannot damage a value");
            List<Lookup> lookups = read(DRIVERS, key(1), key(2));
            assertThat(lookups.getFirst()).isInstanceOfSatisfying(Lookup.Found.class, damaged -> {
                assertThat(damaged.values().getFirst()).isInstanceOf(Value.Corrupt.class);
                assertThat(damaged.values().getLast()).isEqualTo(text("n10"));
                assertThat(damaged.eventTimes().getLast()).isEqualTo(NOON);
            });
            assertThat(lookups.getLast()).isEqualTo(found(NOON, integer(20), text("n20")));
            write(row(1, NOON.plus(HOUR), 11));
            assertThat(scores(1)).as("written again").containsExactly(integer(11));
        }

        @Test
        void seeWhatAnotherStoreOfTheSameProjectWrote() {
            write(row(1, NOON, 10));
            assertThat(scores(open("tck"), 1)).containsExactly(integer(10));
        }
    }

    @Nested
    class ValuesAndKeys {
        @ParameterizedTest(name = "{0}")
        @MethodSource("dev.manciple.tck.RandomData#storedTypes")
        void ofEveryTypeAreKept(ValueType type) {
            assumeTrue(fixture().stores(type), "the store has no features of this type");
            RandomData random = RandomData.ofStoredValues(new Random(17));
            FeatureView view = view("typed", DRIVERS.entityColumns(), Field.of("feature", type));
            update(view);
            List<OnlineRow> rows = LongStream.range(0, 20)
                    .mapToObj(i -> row(key(i), NOON, i == 0 ? NULL : random.present(type)))
                    .toList();
            store().write(view, rows);
            List<Lookup> lookups = read(view, rows.stream().map(OnlineRow::key).toArray(EntityKey[]::new));
            for (int i = 0; i < rows.size(); i++) {
                Value written = rows.get(i).values().getFirst();
                assertThat(lookups.get(i))
                        .isInstanceOfSatisfying(
                                Lookup.Found.class,
                                found -> assertThat(comparable(found.values().getFirst(), type))
                                        .isEqualTo(comparable(written, type)));
            }
        }

        /** A set has no order. */
        private Object comparable(Value value, ValueType type) {
            return type instanceof ValueType.SetOf && value instanceof Value.Many(List<Value> values)
                    ? new HashSet<>(values)
                    : value;
        }

        @ParameterizedTest
        @MethodSource("dev.manciple.tck.RandomData#storedKeyTypes")
        void asKeysOfEveryTypeFindTheirRows(Scalar type) {
            RandomData random = RandomData.ofStoredValues(new Random(19));
            FeatureView view = view("keyed", List.of(Field.of("k", type)), SCORE);
            update(view);
            List<Value> keys =
                    Stream.generate(() -> random.key(type)).limit(50).distinct().toList();
            List<OnlineRow> rows = IntStream.range(0, keys.size())
                    .mapToObj(i -> row(key(view, keys.get(i)), NOON, integer(i)))
                    .toList();
            store().write(view, rows);
            List<Lookup> lookups = read(view, rows.stream().map(OnlineRow::key).toArray(EntityKey[]::new));
            assertThat(lookups)
                    .containsExactlyElementsOf(IntStream.range(0, keys.size())
                            .mapToObj(i -> found(NOON, integer(i)))
                            .toList());
        }

        @Test
        void ofSeveralKeyColumnsAreNotMixedUp() {
            Field a = Field.of("a", Scalar.STRING);
            Field b = Field.of("b", Scalar.INT64);
            // Keys come in the view's order, which need not be the order of their names.
            FeatureView view = view("pairs", List.of(b, a), SCORE);
            update(view);
            store().write(
                            view,
                            List.of(
                                    row(key(view, integer(12), text("1")), NOON, integer(10)),
                                    row(key(view, integer(2), text("11")), NOON, integer(20))));
            assertThat(read(
                            view,
                            key(view, integer(2), text("11")),
                            key(view, integer(12), text("1")),
                            key(view, integer(1), text("12"))))
                    .containsExactly(found(NOON, integer(20)), found(NOON, integer(10)), Lookup.Absent.ABSENT);
        }

        @Test
        void withoutKeysAreGlobal() {
            FeatureView view = view("global", List.of(), SCORE);
            update(view);
            EntityKey none = new EntityKey(List.of(), List.of());
            assertThat(read(view, none)).containsExactly(Lookup.Absent.ABSENT);
            store().write(view, List.of(row(none, NOON, integer(10))));
            assertThat(read(view, none, none)).containsExactly(found(NOON, integer(10)), found(NOON, integer(10)));
        }

        @Test
        void mayHaveAwkwardNames() {
            RandomData random = RandomData.ofStoredValues(new Random(23));
            List<FeatureView> views = new ArrayList<>();
            for (int i = 0; i < 40; i += 4) {
                views.add(view(
                        random.name(i).replace(":", ""),
                        List.of(Field.of(random.name(i + 1), Scalar.STRING)),
                        Field.of(random.name(i + 2), Scalar.INT64),
                        Field.of(random.name(i + 3), Scalar.STRING)));
            }
            update(views.toArray(FeatureView[]::new));
            for (int i = 0; i < views.size(); i++) {
                FeatureView view = views.get(i);
                store().write(view, List.of(row(key(view, text("it's")), NOON, integer(i), text("; DROP TABLE x"))));
            }
            for (int i = 0; i < views.size(); i++) {
                FeatureView view = views.get(i);
                assertThat(read(view, key(view, text("it's"))))
                        .as(view.name())
                        .containsExactly(found(NOON, integer(i), text("; DROP TABLE x")));
            }
        }
    }

    @Nested
    class Writes {
        @Test
        void areIdempotent() {
            write(row(1, NOON, 10), row(2, NOON, 20));
            write(row(1, NOON, 10), row(2, NOON, 20));
            assertThat(scores(1, 2)).containsExactly(integer(10), integer(20));
        }

        @Test
        void ofNewerRowsReplace() {
            write(row(1, NOON, 10));
            write(row(1, NOON.plus(tick()), 20));
            assertThat(read(DRIVERS, key(1))).containsExactly(found(NOON.plus(tick()), integer(20), text("n20")));
        }

        @Test
        void ofOlderRowsAreIgnored() {
            write(row(1, NOON, 20));
            write(row(1, NOON.minus(tick()), 10));
            assertThat(read(DRIVERS, key(1))).containsExactly(found(NOON, integer(20), text("n20")));
        }

        @Test
        void ofEqualRowsReplace() {
            write(row(1, NOON, 10));
            write(row(1, NOON, 20));
            assertThat(scores(1)).containsExactly(integer(20));
        }

        @Test
        void keepTheNewestOfABatchWhateverItsOrder() {
            write(
                    row(1, NOON, 20),
                    row(1, NOON.minus(HOUR), 10),
                    row(2, NOON.minus(HOUR), 10),
                    row(2, NOON, 20),
                    row(3, NOON, 10),
                    row(3, NOON, 20));
            assertThat(scores(1, 2, 3)).containsExactly(integer(20), integer(20), integer(20));
        }

        @Test
        void ofRowsEqualInEventTimeFollowCreatedTime() {
            assumeTrue(can(OnlineCapability.KEEPS_CREATED), "the layout has no created time");
            write(row(1, NOON, NOON.plusSeconds(5), 20), row(1, NOON, NOON, 10));
            assertThat(scores(1)).containsExactly(integer(20));
            write(row(1, NOON, NOON.plusSeconds(4), 30));
            assertThat(scores(1)).as("created earlier").containsExactly(integer(20));
            write(row(1, NOON, null, 40));
            assertThat(scores(1)).as("no created time").containsExactly(integer(20));
            write(row(1, NOON, NOON.plusSeconds(6), 50));
            assertThat(scores(1)).as("created later").containsExactly(integer(50));
            write(row(1, NOON.plus(tick()), null, 60));
            assertThat(scores(1)).as("a newer event").containsExactly(integer(60));
            write(row(1, NOON.plus(tick()), NOON, 70));
            assertThat(scores(1)).as("created where none was").containsExactly(integer(70));
        }

        @Test
        void roundTimesToThePrecision() {
            Instant fine = NOON.plusNanos(987_654_000);
            write(row(1, fine, 10));
            assertThat(read(DRIVERS, key(1))).containsExactly(found(rounded(fine), integer(10), text("n10")));
        }

        @Test
        void compareTimesAtThePrecision() {
            assumeTrue(tick().compareTo(ChronoUnit.MICROS.getDuration()) > 0, "the store keeps microseconds");
            write(row(1, NOON.plus(tick()).minusNanos(1000), 10));
            write(row(1, NOON, 20));
            assertThat(scores(1))
                    .as("equal at the precision: the later write replaces")
                    .containsExactly(integer(20));
        }

        @Test
        void leaveMissingFeaturesAsTheyAre() {
            write(row(1, NOON, 10));
            write(row(key(1), NOON.plus(HOUR), integer(20), Value.Missing.MISSING));
            assertThat(values(read(DRIVERS, key(1)).getFirst())).containsExactly(integer(20), text("n10"));
        }

        @Test
        void replaceAValueByNull() {
            write(row(1, NOON, 10));
            write(row(key(1), NOON.plus(HOUR), NULL, NULL));
            assertThat(read(DRIVERS, key(1))).containsExactly(found(NOON.plus(HOUR), NULL, NULL));
        }

        @Test
        void keepTimesBefore1970OrRefuseThem() {
            Instant early = Instant.parse("1969-12-31T23:59:59Z");
            if (!fixture().storesTimesBefore1970()) {
                assertThatThrownBy(() -> write(row(1, early, 10)))
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining(early.toString());
                assertThat(read(DRIVERS, key(1))).containsExactly(Lookup.Absent.ABSENT);
                return;
            }
            write(row(1, early, 10));
            assertThat(read(DRIVERS, key(1))).containsExactly(found(early, integer(10), text("n10")));
        }

        @Test
        void ofNothingDoNothing() {
            write();
            assertThat(read(DRIVERS, key(1))).containsExactly(Lookup.Absent.ABSENT);
        }

        @Test
        void ofManyThreadsEndWithTheNewestRow() throws Exception {
            assumeTrue(can(OnlineCapability.NEWEST_WINS), "the store does not order concurrent writers");
            List<Callable<Boolean>> tasks = new ArrayList<>();
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, WRITERS).boxed().toList());
            Collections.shuffle(order, new Random(29));
            OnlineStore second = open("tck");
            for (int i : order) {
                tasks.add(() -> {
                    (i % 2 == 0 ? store() : second)
                            .write(DRIVERS, List.of(row(1, NOON.plus(tick().multipliedBy(i)), i), row(i + 2, NOON, i)));
                    return true;
                });
            }
            runAll(tasks);
            assertThat(scores(1)).containsExactly(integer(WRITERS - 1));
            assertThat(scores(LongStream.range(2, WRITERS + 2).toArray()))
                    .containsExactlyElementsOf(LongStream.range(0, WRITERS)
                            .mapToObj(i -> integer(i))
                            .toList());
        }

        /**
         * Sixteen writers share the events of all keys out among them, in no order, while a reader follows the keys. The reader looks
         * once per batch that was written at most: one that never rests would take a slow server's time from the writers, so that the
         * slower it is, the more work it would have.
         */
        @Test
        @Timeout(180)
        void ofShuffledEventsNeverGoBackForAReader() throws Exception {
            assumeTrue(can(OnlineCapability.NEWEST_WINS), "the store does not order concurrent writers");
            int writers = 16;
            int each = RACED_KEYS * RACED_EVENTS / writers;
            OnlineStore second = open("tck");
            List<OnlineRow> shuffled = shuffledEvents();
            Semaphore batches = new Semaphore(0);
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                OnlineStore writer = w % 2 == 0 ? store() : second;
                List<OnlineRow> rows = shuffled.subList(w * each, (w + 1) * each);
                tasks.add(() -> {
                    for (int i = 0; i < rows.size(); i += 50) {
                        writer.write(DRIVERS, rows.subList(i, Math.min(i + 50, rows.size())));
                        batches.release();
                    }
                    return true;
                });
            }
            AtomicBoolean written = new AtomicBoolean();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<List<String>> wentBack = threads.submit(() -> regressions(batches, written));
                try {
                    runAll(tasks);
                } finally {
                    written.set(true);
                    batches.release();
                }
                assertThat(wentBack.get()).as("keys whose rows became older").isEmpty();
            }
            assertThat(scores(LongStream.range(0, RACED_KEYS).toArray())).containsOnly(integer(RACED_EVENTS - 1));
        }

        /** All events of all keys in one order, of which each writer takes a part. */
        private List<OnlineRow> shuffledEvents() {
            List<OnlineRow> rows = new ArrayList<>();
            for (int key = 0; key < RACED_KEYS; key++) {
                for (int event = 0; event < RACED_EVENTS; event++) {
                    rows.add(row(key, NOON.plus(tick().multipliedBy(event)), event));
                }
            }
            Collections.shuffle(rows, new Random(31));
            return rows;
        }

        private List<String> regressions(Semaphore batches, AtomicBoolean written) throws InterruptedException {
            EntityKey[] keys = LongStream.range(0, RACED_KEYS)
                    .mapToObj(driver -> key(driver))
                    .toArray(EntityKey[]::new);
            Instant[] seen = new Instant[keys.length];
            Arrays.fill(seen, Instant.MIN);
            List<String> wentBack = new ArrayList<>();
            boolean last;
            do {
                batches.acquire();
                batches.drainPermits();
                last = written.get();
                List<Lookup> lookups = read(DRIVERS, keys);
                for (int i = 0; i < seen.length; i++) {
                    Instant event = lookups.get(i) instanceof Lookup.Found found
                            ? found.eventTimes().getFirst()
                            : Instant.MIN;
                    if (event.isBefore(seen[i])) {
                        wentBack.add("key %d from %s to %s".formatted(i, seen[i], event));
                    }
                    seen[i] = event;
                }
            } while (!last);
            return wentBack;
        }

        /** The report need not name every row that was stored, but no row that was not. */
        @Test
        void thatFailTellWhichRowsAreStored() {
            OnlineRow wrong = row(key(2), NOON, text("no number"), NULL);
            List<OnlineRow> batch = List.of(row(1, NOON, 10), wrong, row(3, NOON, 30));
            Throwable failure = catchThrowable(() -> store().write(DRIVERS, batch));
            assertThat(failure).as("the value is of another type").isInstanceOf(FeatureStoreException.class);
            List<Integer> applied = failure instanceof StoreException report ? report.applied() : List.of();
            boolean restUnknown =
                    failure instanceof StoreException report && report.outcome() == StoreException.Outcome.MAYBE;
            List<Lookup> stored = read(DRIVERS, key(1), key(2), key(3));
            for (int i = 0; i < batch.size(); i++) {
                if (applied.contains(i)) {
                    assertThat(stored.get(i))
                            .as("row %d, reported as stored", i)
                            .isInstanceOf(Lookup.Found.class);
                } else if (!restUnknown) {
                    assertThat(stored.get(i))
                            .as("row %d, reported as not stored", i)
                            .isEqualTo(Lookup.Absent.ABSENT);
                }
            }
            write(row(4, NOON, 40));
            assertThat(read(DRIVERS, key(1), key(2), key(3)))
                    .as("after another write")
                    .isEqualTo(stored);
        }

        @Test
        void doNotDisturbReaders() throws Exception {
            write(row(1, NOON, 0));
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int i = 1; i <= 100; i++) {
                int round = i;
                tasks.add(() -> {
                    write(row(1, NOON.plus(tick().multipliedBy(round)), round));
                    return true;
                });
                // A reader sees a whole row: score and note were written together.
                tasks.add(() -> read(DRIVERS, key(1)).getFirst() instanceof Lookup.Found found
                        && found.values().getFirst() instanceof Value.Int(long score)
                        && found.values().getLast().equals(text("n" + score)));
            }
            assertThat(runAll(tasks)).as("whole rows were read").containsOnly(true);
        }

        private List<Boolean> runAll(List<Callable<Boolean>> tasks) throws InterruptedException, ExecutionException {
            List<Boolean> results = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Boolean> result : threads.invokeAll(tasks)) {
                    results.add(result.get());
                }
            }
            return results;
        }
    }

    @Nested
    class Infrastructure {
        private final FeatureView other = view("customers", List.of(Field.of("customer", Scalar.STRING)), SCORE);

        private ViewChanges keep(FeatureView... views) {
            return new ViewChanges(List.of(views), List.of());
        }

        private ViewChanges drop(FeatureView... views) {
            return new ViewChanges(List.of(), List.of(views));
        }

        @Test
        void isPlannedWithoutTouchingAnything() {
            List<InfraChange> planned = store().plan(keep(DRIVERS, other));
            assertThat(store().plan(keep(DRIVERS, other))).as("planned again").isEqualTo(planned);
            write(row(1, NOON, 10));
            List<InfraChange> dropping = store().plan(drop(DRIVERS));
            assertThat(store().plan(drop(DRIVERS))).as("planned again").isEqualTo(dropping);
            assertThat(scores(1))
                    .as("rows of a view whose removal was only planned")
                    .containsExactly(integer(10));
        }

        @Test
        void needsNothingMoreAfterAnUpdate() {
            update(DRIVERS, other);
            assertThat(store().plan(keep(DRIVERS, other))).isEmpty();
        }

        @Test
        void isUpdatedAgainWithoutLosingRows() {
            write(row(1, NOON, 10));
            update(DRIVERS, other);
            update(DRIVERS, other);
            assertThat(scores(1)).containsExactly(integer(10));
        }

        @Test
        void ofDroppedViewsIsGoneWithTheirRowsOnly() {
            update(DRIVERS, other);
            write(row(1, NOON, 10));
            store().write(other, List.of(row(key(other, text("c")), NOON, integer(7))));
            store().update(new ViewChanges(List.of(other), List.of(DRIVERS)));
            store().update(new ViewChanges(List.of(other), List.of(DRIVERS)));
            assertThat(read(other, key(other, text("c")))).containsExactly(found(NOON, integer(7)));
            update(DRIVERS, other);
            assertThat(read(DRIVERS, key(1))).containsExactly(Lookup.Absent.ABSENT);
        }

        @Test
        void isTornDownForTheViewsNamedOnly() {
            update(DRIVERS, other);
            write(row(1, NOON, 10));
            store().write(other, List.of(row(key(other, text("c")), NOON, integer(7))));
            store().teardown(List.of(DRIVERS));
            assertThat(read(other, key(other, text("c")))).containsExactly(found(NOON, integer(7)));
            update(DRIVERS, other);
            assertThat(read(DRIVERS, key(1))).containsExactly(Lookup.Absent.ABSENT);
        }

        @Test
        void ofAnotherProjectIsAnothers() {
            OnlineStore stranger = open("stranger");
            stranger.update(keep(DRIVERS));
            stranger.write(DRIVERS, List.of(row(1, NOON, 99)));
            write(row(1, NOON, 10));
            assertThat(scores(1)).containsExactly(integer(10));
            assertThat(scores(stranger, 1)).containsExactly(integer(99));
            store().teardown(List.of(DRIVERS));
            assertThat(scores(stranger, 1))
                    .as("after the other project's teardown")
                    .containsExactly(integer(99));
        }

        /** Layouts put the project before or behind other text, so a name that is part of another is told from it only with care. */
        @ParameterizedTest
        @ValueSource(strings = {"tcktck", "a_tck", "tck_a", "xtck", "tckx"})
        void ofAProjectWithASimilarNameIsAnothers(String name) {
            OnlineStore stranger = open(name);
            stranger.update(keep(DRIVERS));
            stranger.write(DRIVERS, List.of(row(1, NOON, 99)));
            assertThat(read(DRIVERS, key(1))).containsExactly(Lookup.Absent.ABSENT);
            write(row(1, NOON, 10), row(2, NOON, 20));
            assertThat(scores(stranger, 1, 2)).containsExactly(integer(99), null);
            if (can(OnlineCapability.SCAN)) {
                try (Stream<OnlineRow> scan = store().scan(DRIVERS)) {
                    assertThat(scan.map(OnlineRow::key)).containsExactlyInAnyOrder(key(1), key(2));
                }
            }
            if (can(OnlineCapability.DELETE_ROWS)) {
                assertThat(store().purge(DRIVERS, NOON.plus(HOUR))).isEqualTo(2);
            }
            assertThat(scores(stranger, 1)).as("after a purge").containsExactly(integer(99));
            store().update(drop(DRIVERS));
            assertThat(scores(stranger, 1)).as("after the view was dropped").containsExactly(integer(99));
            store().teardown(List.of(DRIVERS));
            assertThat(scores(stranger, 1)).as("after the teardown").containsExactly(integer(99));
        }

        @Test
        void thatIsNotThereIsTornDownWithoutComplaint() {
            store().teardown(List.of(DRIVERS));
            store().teardown(List.of(DRIVERS, other));
            update(DRIVERS);
            assertThat(read(DRIVERS, key(1))).containsExactly(Lookup.Absent.ABSENT);
        }
    }

    @Nested
    class Purges {
        @Test
        void deleteRowsBeforeTheLimitAndCountThem() {
            assumeTrue(can(OnlineCapability.DELETE_ROWS));
            FeatureView other = view("others", DRIVERS.entityColumns(), SCORE);
            update(DRIVERS, other);
            write(row(1, NOON.minus(tick()), 10), row(2, NOON, 20), row(3, NOON.minus(HOUR), 30));
            store().write(other, List.of(row(key(1), NOON.minus(HOUR), integer(40))));
            assertThat(store().purge(DRIVERS, NOON)).isEqualTo(2);
            assertThat(scores(1, 2, 3)).containsExactly(null, integer(20), null);
            assertThat(read(other, key(1))).containsExactly(found(NOON.minus(HOUR), integer(40)));
            assertThat(store().purge(DRIVERS, NOON)).as("purged again").isZero();
        }

        @Test
        void areRefusedByStoresWithoutThem() {
            assumeFalse(can(OnlineCapability.DELETE_ROWS));
            assertRefuses(OnlineCapability.DELETE_ROWS, () -> store().purge(DRIVERS, NOON));
        }
    }

    @Nested
    class Scans {
        @Test
        void giveEveryRow() {
            assumeTrue(can(OnlineCapability.SCAN));
            Optional<Instant> created =
                    can(OnlineCapability.KEEPS_CREATED) ? Optional.of(NOON.plusSeconds(9)) : Optional.empty();
            List<OnlineRow> rows = LongStream.range(0, 1500)
                    .mapToObj(i -> new OnlineRow(
                            key(i),
                            List.of(integer(i), i % 3 == 0 ? NULL : text("n" + i)),
                            NOON.plusSeconds(i),
                            created))
                    .toList();
            store().write(DRIVERS, rows);
            try (Stream<OnlineRow> scan = store().scan(DRIVERS)) {
                assertThat(scan).containsExactlyInAnyOrderElementsOf(rows);
            }
        }

        @Test
        void ofAnEmptyViewGiveNothing() {
            assumeTrue(can(OnlineCapability.SCAN));
            try (Stream<OnlineRow> scan = store().scan(DRIVERS)) {
                assertThat(scan).isEmpty();
            }
        }

        @Test
        void canBeClosedEarly() {
            assumeTrue(can(OnlineCapability.SCAN));
            write(row(1, NOON, 10), row(2, NOON, 20));
            try (Stream<OnlineRow> scan = store().scan(DRIVERS)) {
                assertThat(scan.findFirst()).isPresent();
            }
            write(row(1, NOON.plus(HOUR), 11));
            assertThat(scores(1)).containsExactly(integer(11));
        }

        @Test
        void areRefusedByStoresWithoutThem() {
            assumeFalse(can(OnlineCapability.SCAN));
            assertRefuses(OnlineCapability.SCAN, () -> store().scan(DRIVERS).close());
        }
    }

    @Nested
    class VectorSearches {
        private static final String VECTOR = "vector";

        /** A feature whose vectors are of no declared length. */
        private final Field open = Field.of(VECTOR, new ValueType.ListOf(Scalar.FLOAT));

        private final FeatureView view = view("vectors", DRIVERS.entityColumns(), open, SCORE);

        /** With {@code vector_index} and {@code vector_length}, numbers 5 and 7 of Feast's message of a field. */
        private FeatureView indexed(int length) {
            byte[] options = {5 << 3, 1, 7 << 3, (byte) length};
            Field declared = new Field(open.name(), open.type(), "", Map.of(), new Extras(ByteBuffer.wrap(options)));
            return view("vectors", DRIVERS.entityColumns(), declared, SCORE);
        }

        private VectorQuery query(int topK) {
            return query(topK, Instant.MIN);
        }

        private VectorQuery query(int topK, Instant freshFrom) {
            return new VectorQuery(view, VECTOR, List.of(1f, 0f), topK, "L2", List.of(SCORE), freshFrom);
        }

        private void vectors(OnlineRow... rows) {
            assumeTrue(can(OnlineCapability.VECTOR_SEARCH));
            update(DRIVERS, view);
            store().write(view, List.of(rows));
        }

        private List<EntityKey> found(VectorQuery query) {
            return store().search(query).stream().map(Neighbor::key).toList();
        }

        @Test
        void giveTheNearestFirst() {
            vectors(
                    row(key(1), NOON, vector(0, 1), integer(10)),
                    row(key(2), NOON, vector(1, 0), integer(20)),
                    row(key(3), NOON, vector(1, 0.5), integer(30)));
            assertThat(found(query(2))).containsExactly(key(2), key(3));
        }

        private Value vector(double... numbers) {
            return new Value.Many(
                    DoubleStream.of(numbers).mapToObj(Values::real).toList());
        }

        @Test
        void passOverWhatIsNoVectorToCompare() {
            vectors(
                    row(key(1), NOON, vector(1), integer(10)),
                    row(key(2), NOON, vector(1, 0, 0), integer(20)),
                    row(key(3), NOON, vector(), integer(30)),
                    row(key(4), NOON, NULL, integer(40)),
                    row(key(5), NOON, Value.Missing.MISSING, integer(50)),
                    row(key(6), NOON, vector(1, Double.NaN), integer(60)),
                    row(key(7), NOON, vector(Double.NEGATIVE_INFINITY, 0), integer(70)),
                    row(key(8), NOON, new Value.Many(List.of(Values.real(1), NULL)), integer(80)),
                    row(key(9), NOON, vector(50, 50), integer(90)));
            assertThat(found(query(1))).as("the nearest").containsExactly(key(9));
            assertThat(found(query(100))).as("all").containsExactly(key(9));
        }

        @Test
        void passOverDamagedVectors() {
            vectors(row(key(1), NOON, vector(1, 0), integer(10)), row(key(2), NOON, vector(5, 5), integer(20)));
            assumeTrue(fixture().corrupt("tck", view, key(1), open), "the fixture cannot damage a value");
            assertThat(found(query(1))).containsExactly(key(2));
        }

        @Test
        void passOverVectorsWrittenUnderAnotherLength() {
            assumeTrue(can(OnlineCapability.VECTOR_SEARCH));
            update(DRIVERS, indexed(3));
            store().write(indexed(3), List.of(row(key(1), NOON, vector(1, 0, 0), integer(10))));
            update(DRIVERS, indexed(2));
            store().write(indexed(2), List.of(row(key(2), NOON, vector(5, 5), integer(20))));
            assertThat(found(new VectorQuery(indexed(2), VECTOR, List.of(1f, 0f), 1, "L2", List.of(SCORE))))
                    .containsExactly(key(2));
        }

        @Test
        void giveExpiredRowsNoPlace() {
            vectors(
                    row(key(1), NOON.minus(HOUR).minus(tick()), vector(1, 0), integer(10)),
                    row(key(2), NOON.minus(HOUR), vector(5, 5), integer(20)),
                    row(key(3), NOON, vector(9, 9), integer(30)));
            assertThat(found(query(1, NOON.minus(HOUR))))
                    .as("one, exactly as old as it may be")
                    .containsExactly(key(2));
            assertThat(found(query(3, NOON.minus(HOUR)))).as("all").containsExactly(key(2), key(3));
            assertThat(found(query(1))).as("of any age").containsExactly(key(1));
        }

        /** As old as reads say it is: in some layouts the row as a whole has one time. */
        @Test
        void goByTheAgeOfTheVector() {
            vectors(row(key(1), NOON, vector(1, 0), integer(10)));
            store().write(view, List.of(row(key(1), NOON.plus(HOUR), Value.Missing.MISSING, integer(20))));
            Instant time =
                    ((Lookup.Found) read(view, key(1)).getFirst()).eventTimes().getFirst();
            assertThat(found(query(1, time))).as("as old as it may be").containsExactly(key(1));
            assertThat(found(query(1, time.plus(tick())))).as("older").isEmpty();
        }

        /** Of keys below 256 the encoded order is that of the numbers. */
        @Test
        void giveRowsAsNearAsEachOtherInTheOrderOfTheirKeys() {
            List<OnlineRow> rows = LongStream.range(1, 200)
                    .mapToObj(i -> row(key(i), NOON, i % 2 == 0 ? vector(1, 2) : vector(1, -2), integer(i)))
                    .collect(Collectors.toCollection(ArrayList::new));
            Collections.shuffle(rows, new Random(1));
            vectors(rows.toArray(OnlineRow[]::new));
            for (int topK : List.of(1, 2, 50, 500)) {
                assertThat(found(query(topK)))
                        .as("the nearest %d", topK)
                        .containsExactlyElementsOf(LongStream.range(1, Math.min(topK + 1, 200))
                                .mapToObj(OnlineHarness::key)
                                .toList());
            }
        }

        static LongStream seeds() {
            return Seeds.take();
        }

        @ParameterizedTest
        @MethodSource("seeds")
        void giveWhatLookingAtEveryRowGives(long seed) {
            Random random = new Random(seed);
            List<OnlineRow> rows = new ArrayList<>();
            for (int i = 1; i <= 150; i++) {
                Instant event = NOON.minus(HOUR.multipliedBy(random.nextInt(4)));
                rows.add(row(key(i), event, random(random), integer(i)));
            }
            Collections.shuffle(rows, random);
            vectors(rows.toArray(OnlineRow[]::new));
            for (String metric : List.of("L2", "L1", "cosine", "inner_product")) {
                List<Float> numbers = List.of((float) number(random), (float) number(random));
                Instant freshFrom = random.nextBoolean() ? Instant.MIN : NOON.minus(HOUR);
                int topK = 1 + random.nextInt(160);
                VectorQuery query = new VectorQuery(view, VECTOR, numbers, topK, metric, List.of(SCORE), freshFrom);
                List<Neighbor> expected = rows.stream()
                        .filter(row -> !row.eventTime().isBefore(freshFrom))
                        .flatMap(row -> neighbor(row, query).stream())
                        .sorted(Comparator.comparingDouble(Neighbor::distance).thenComparingLong(this::number))
                        .limit(topK)
                        .toList();
                List<Neighbor> answer = store().search(query);
                String described = "%s, %s".formatted(query, Seeds.describe(seed));
                assertThat(answer)
                        .as(described)
                        .extracting(Neighbor::key)
                        .isEqualTo(expected.stream().map(Neighbor::key).toList());
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(answer.get(i).distance())
                            .as(described)
                            .isCloseTo(expected.get(i).distance(), within(1e-5));
                    assertThat(answer.get(i).row())
                            .as(described)
                            .isEqualTo(expected.get(i).row());
                }
            }
        }

        /** Mostly of two numbers; in small powers of two every distance is exact, and many are equal. */
        private Value random(Random random) {
            return switch (random.nextInt(12)) {
                case 0 -> NULL;
                case 1 -> vector();
                case 2 -> vector(number(random));
                case 3 -> vector(number(random), Double.POSITIVE_INFINITY);
                case 4 -> vector(number(random), number(random), number(random));
                default -> vector(number(random), number(random));
            };
        }

        private double number(Random random) {
            return (random.nextBoolean() ? 1 : -1) * (double) (1 << random.nextInt(3));
        }

        /** Of keys below 256 the encoded order is that of the numbers. */
        private long number(Neighbor neighbor) {
            return ((Value.Int) neighbor.key().values().getFirst()).value();
        }

        private Optional<Neighbor> neighbor(OnlineRow row, VectorQuery query) {
            if (!(row.values().getFirst() instanceof Value.Many vector)
                    || vector.values().size() != 2) {
                return Optional.empty();
            }
            double x = ((Value.Real) vector.values().getFirst()).value();
            double y = ((Value.Real) vector.values().getLast()).value();
            if (Double.isInfinite(y)) {
                return Optional.empty();
            }
            double a = query.query().getFirst();
            double b = query.query().getLast();
            double product = a * x + b * y;
            double distance = switch (query.metric()) {
                case "L2" -> Math.hypot(a - x, b - y);
                case "L1" -> Math.abs(a - x) + Math.abs(b - y);
                case "cosine" -> 1 - product / Math.sqrt((a * a + b * b) * (x * x + y * y));
                default -> 0 - product;
            };
            return Optional.of(new Neighbor(
                    row.key(), distance, new Lookup.Found(List.of(row.values().getLast()), row.eventTime())));
        }

        @Test
        void findNoVectorsOfAnotherLengthSinceTheyAreRefused() {
            assumeTrue(can(OnlineCapability.VECTOR_SEARCH));
            FeatureView indexed = indexed(2);
            update(DRIVERS, indexed);
            OnlineRow right = row(key(1), NOON, vector(1, 0), integer(10));
            for (Value wrong : List.of(vector(), vector(1), vector(1, 0, 0))) {
                OnlineRow other = row(key(17), NOON, wrong, integer(20));
                assertThatThrownBy(() -> store().write(indexed, List.of(right, other)))
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("'vectors'")
                        .hasMessageContaining("'vector'")
                        .hasMessageContaining("driver_id='17'")
                        .hasMessageContaining(
                                "length " + ((Value.Many) wrong).values().size())
                        .hasMessageContaining("vector_length 2");
                assertThat(read(indexed, key(1), key(17)))
                        .as("what is stored of a batch with %s", wrong)
                        .containsExactly(Lookup.Absent.ABSENT, Lookup.Absent.ABSENT);
            }
            store().write(
                            indexed,
                            List.of(
                                    right,
                                    row(key(2), NOON, NULL, integer(20)),
                                    row(key(3), NOON, Value.Missing.MISSING, integer(30))));
            assertThat(found(query(3))).containsExactly(key(1));
        }

        @Test
        void areRefusedByStoresWithoutThem() {
            assumeFalse(can(OnlineCapability.VECTOR_SEARCH));
            assertRefuses(OnlineCapability.VECTOR_SEARCH, () -> store().search(query(1)));
        }
    }

    private static void assertRefuses(OnlineCapability capability, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        UnsupportedException.class,
                        refusal -> assertThat(refusal.capability()).isEqualTo(capability.name()));
    }
}
