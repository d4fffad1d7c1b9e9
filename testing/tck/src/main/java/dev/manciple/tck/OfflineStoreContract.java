package dev.manciple.tck;

import static dev.manciple.tck.Values.NULL;
import static dev.manciple.tck.Values.integer;
import static dev.manciple.tck.Values.row;
import static dev.manciple.tck.Values.text;
import static dev.manciple.tck.Values.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.spi.WriteReport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link OfflineStore} promises, one test per promise. A connector subclasses it with one fixture:
 *
 * <pre>{@code
 * class MyOfflineStoreTest extends OfflineStoreContract {
 *     @Override
 *     protected OfflineFixture fixture(Path emptyFolder) {
 *         return new MyFixture(emptyFolder);
 *     }
 * }
 * }</pre>
 */
public abstract class OfflineStoreContract extends OfflineHarness {

    @Test
    final void declaresTheCapabilitiesItsAuthorExpects() {
        assertThat(store().capabilities()).isEqualTo(fixture().expectedCapabilities());
    }

    @Nested
    class EntityRows {
        @Test
        void giveOneRowEachDuplicatesIncluded() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            assertThat(scores(view, ask(1L, NOON), ask(1L, NOON), ask(2L, NOON), ask(1L, NOON)))
                    .containsExactly(integer(10), integer(10), NULL, integer(10));
        }

        @Test
        void comeBackInTheirOrder() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10), fact(2, NOON, 20), fact(3, NOON, 30));
            List<Ask> asks = new ArrayList<>();
            for (long i = 0; i < 5000; i++) {
                asks.add(ask(i % 4, NOON.plusSeconds(i * 7919 % 5000)));
            }
            // scores() compares the entity rows with those asked, in order.
            assertThat(scores(view, asks.toArray(Ask[]::new))).hasSize(5000);
        }

        @Test
        void areAllThereWhereNoOrderIsAskedFor() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            Table spine = asks(ask(2L, NOON), ask(1L, NOON), ask(1L, NOON), ask(null, NOON));
            HistoricalRequest request = new HistoricalRequest(
                    spine.spine("at", allocator),
                    List.of(slice(view, SCORE)),
                    false,
                    new HistoricalRequest.Options(false, false));
            assertThat(rows(store().historicalFeatures(request)))
                    .containsExactlyInAnyOrder(
                            row(integer(2), time(NOON), NULL),
                            row(integer(1), time(NOON), integer(10)),
                            row(integer(1), time(NOON), integer(10)),
                            row(NULL, time(NOON), NULL));
        }

        @Test
        void mayComeBackWithTheirFirstColumnOnly() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10), fact(2, NOON, 20));
            Table spine = asks(ask(2L, NOON), ask(1L, NOON), ask(3L, NOON));
            RetrievalJob job = store().historicalFeatures(new HistoricalRequest(
                    spine.spine("at", allocator),
                    List.of(slice(view, SCORE)),
                    false,
                    new HistoricalRequest.Options(false, true, true)));
            int columns = job.schema().getFields().size();
            // A store may give back all of them.
            assertThat(columns).isIn(2, 3);
            assertThat(rows(job).stream().map(row -> row(row.getFirst(), row.getLast())))
                    .containsExactly(row(integer(2), integer(20)), row(integer(1), integer(10)), row(integer(3), NULL));
            assertThat(rows(job)).allSatisfy(row -> assertThat(row).hasSize(columns));
        }

        @Test
        void mayBeNone() {
            assertThat(scores(view(Duration.ZERO, fact(1, NOON, 10)))).isEmpty();
        }

        @Test
        void findNothingInAnEmptySource() {
            assertThat(scores(view(Duration.ZERO), ask(1L, NOON))).containsExactly(NULL);
        }

        @Test
        void withANullKeyFindNothing() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10), new Fact(null, NOON, NOON, 99L, "no driver"));
            assertThat(scores(view, ask(null, NOON), ask(1L, NOON))).containsExactly(NULL, integer(10));
        }

        @Test
        void withANullTimeFindNothing() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10), new Fact(1L, null, NOON, 99L, "no time"));
            assertThat(scores(view, ask(1L, null), ask(1L, NOON))).containsExactly(NULL, integer(10));
        }

        @Test
        void keepColumnsNamedLikeTheSources() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            Table spine = Table.of(
                    List.of(
                            Field.of(NOTE.name(), Scalar.STRING),
                            Field.of(KEY, Scalar.INT64),
                            Field.of(CREATED, Scalar.STRING),
                            Field.of(EVENT, Scalar.UNIX_TIMESTAMP)),
                    List.of(row(text("mine"), integer(1), text("also mine"), time(NOON))));
            assertThat(rows(job(spine, EVENT, slice(view, SCORE))))
                    .containsExactly(row(text("mine"), integer(1), text("also mine"), time(NOON), integer(10)));
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("dev.manciple.tck.RandomData#types")
        void keepColumnsOfEveryType(ValueType type) {
            assumeTrue(fixture().stores(type), "the store has no columns of this type");
            RandomData random = new RandomData(new Random(7), store().timePrecision());
            List<Field> columns = List.of(
                    Field.of("first", type),
                    Field.of(KEY, Scalar.INT64),
                    Field.of("at", Scalar.UNIX_TIMESTAMP),
                    Field.of("last", type));
            List<List<Value>> rows = Stream.generate(
                            () -> row(random.value(type), integer(1), time(NOON), random.value(type)))
                    .limit(20)
                    .toList();
            Table spine = Table.of(columns, rows);
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            HistoricalRequest request = request(spine, "at", slice(view, SCORE));
            assertLikeOracle(request, spine, "at", type.toString());
        }
    }

    @Nested
    class TheNewestRowInTime {
        @Test
        void isTakenNotAFutureOne() {
            FeatureView view =
                    view(Duration.ZERO, fact(1, NOON.minus(HOUR), 10), fact(1, NOON, 20), fact(1, NOON.plus(HOUR), 30));
            assertThat(scores(view, ask(1L, NOON.plus(tick())))).containsExactly(integer(20));
        }

        @Test
        void mayBeAtTheVeryTime() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON.minus(HOUR), 10), fact(1, NOON, 20));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(integer(20));
        }

        @Test
        void isNotOneThatIsATickLate() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON.minus(HOUR), 10), fact(1, NOON.plus(tick()), 20));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(integer(10));
        }

        @Test
        void keepsTheFinestStepOfTime() {
            Instant before = NOON.minus(tick().multipliedBy(2));
            FeatureView view =
                    view(Duration.ZERO, fact(1, before, 10), fact(1, before.plus(tick()), 20), fact(1, NOON, 30));
            assertThat(scores(view, ask(1L, before), ask(1L, before.plus(tick())), ask(1L, NOON)))
                    .containsExactly(integer(10), integer(20), integer(30));
        }

        @Test
        void isFoundWhateverTheOrderOfTheSource() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 20), fact(1, NOON.minus(HOUR), 10), fact(2, NOON, 99));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(integer(20));
        }

        @Test
        void givesItsNullsToo() {
            FeatureView view =
                    view(Duration.ZERO, fact(1, NOON.minus(HOUR), 10), new Fact(1L, NOON, NOON, null, "unknown now"));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(NULL);
        }

        @ParameterizedTest
        @EnumSource(TimeUnit.class)
        void isComparedInUtcWhateverTheUnitAndZoneOfTheColumns(TimeUnit unit) {
            Table source = table(fact(1, NOON.minusSeconds(1), 10), fact(1, NOON.plusSeconds(1), 20))
                    .handedOverAs(CREATED, new ArrowType.Timestamp(unit, null));
            for (String zone : new String[] {null, "UTC", "Asia/Tokyo", "America/New_York"}) {
                FeatureView view = drivers(
                        load(source.handedOverAs(EVENT, new ArrowType.Timestamp(unit, zone)), TIMES), Duration.ZERO);
                for (String spineZone : new String[] {null, "Europe/Paris"}) {
                    Table spine = asks(ask(1L, NOON), ask(1L, NOON.plusSeconds(1)))
                            .handedOverAs("at", new ArrowType.Timestamp(unit, spineZone));
                    assertLikeOracle(
                            request(spine, "at", slice(view)),
                            spine,
                            "at",
                            "source %s, spine %s".formatted(zone, spineZone));
                }
            }
        }
    }

    @Nested
    class Ttl {
        private final Duration ttl = HOUR;

        @Test
        void includesItsEdge() {
            FeatureView view = view(ttl, fact(1, NOON.minus(ttl), 10));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(integer(10));
        }

        @Test
        void excludesOneTickMore() {
            FeatureView view = view(ttl, fact(1, NOON.minus(ttl).minus(tick()), 10));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(NULL);
        }

        @Test
        void isCountedFromEachEntityRow() {
            FeatureView view = view(ttl, fact(1, NOON, 10));
            assertThat(scores(
                            view,
                            ask(1L, NOON),
                            ask(1L, NOON.plus(ttl)),
                            ask(1L, NOON.plus(ttl).plus(tick()))))
                    .containsExactly(integer(10), integer(10), NULL);
        }

        @Test
        void ofZeroIsUnbounded() {
            FeatureView view = view(Duration.ZERO, fact(1, Instant.parse("1950-01-01T00:00:00Z"), 10));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(integer(10));
        }

        @Test
        void longerThanHistoryIsUnbounded() {
            FeatureView view = view(Duration.ofDays(200_000), fact(1, Instant.parse("1950-01-01T00:00:00Z"), 10));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(integer(10));
        }

        @Test
        void underASecondIsKept() {
            Duration half = Duration.ofMillis(500);
            assumeTrue(tick().compareTo(half) <= 0, "the store keeps no parts of a second");
            FeatureView view = view(half, fact(1, NOON, 10));
            assertThat(scores(
                            view,
                            ask(1L, NOON.plus(half)),
                            ask(1L, NOON.plus(half).plus(tick()))))
                    .containsExactly(integer(10), NULL);
        }
    }

    @Nested
    class Ties {
        @Test
        void goToTheRowCreatedLast() {
            FeatureView view = view(
                    Duration.ZERO,
                    fact(1, NOON, NOON.plusSeconds(1), 10),
                    fact(1, NOON, NOON.plusSeconds(3), 30),
                    fact(1, NOON, NOON.plusSeconds(2), 20));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(integer(30));
        }

        @Test
        void doNotLetCreatedTimeBeatEventTime() {
            FeatureView view =
                    view(Duration.ZERO, fact(1, NOON.minus(HOUR), NOON.plus(HOUR), 10), fact(1, NOON, NOON, 20));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(integer(20));
        }

        @Test
        void areLostByAMissingCreatedTime() {
            Instant longAgo = Instant.parse("1900-01-01T00:00:00Z");
            FeatureView first = view(Duration.ZERO, fact(1, NOON, null, 10), fact(1, NOON, longAgo, 20));
            FeatureView last = view(Duration.ZERO, fact(1, NOON, longAgo, 20), fact(1, NOON, null, 10));
            assertThat(scores(first, ask(1L, NOON))).containsExactly(integer(20));
            assertThat(scores(last, ask(1L, NOON))).containsExactly(integer(20));
        }

        @Test
        void areNotNeededByALoneMissingCreatedTime() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON.minus(HOUR), NOON, 10), fact(1, NOON, null, 20));
            assertThat(scores(view, ask(1L, NOON))).containsExactly(integer(20));
        }

        @Test
        void inBothTimesGiveOneWholeRow() {
            List<Fact> facts = new ArrayList<>();
            for (long i = 0; i < 50; i++) {
                // Half the scores and half the notes are missing, never both: a mixture of two rows would show.
                facts.add(new Fact(1L, NOON, NOON, i % 2 == 0 ? i : null, i % 2 == 0 ? null : "n" + i));
            }
            Table spine = asks(ask(1L, NOON), ask(1L, NOON.plusSeconds(1)));
            FeatureView view = view(Duration.ZERO, facts.toArray(Fact[]::new));
            assertLikeOracle(request(spine, "at", slice(view)), spine, "at", "50 rows equal in both times");
        }

        @Test
        void withoutCreatedTimesGiveOneWholeRow() {
            Table table = table(fact(1, NOON, 10), fact(1, NOON, 20), fact(1, NOON.minus(HOUR), 30));
            FeatureView view =
                    drivers(load(table, new TimeColumns(EVENT, Optional.empty(), Optional.empty())), Duration.ZERO);
            Table spine = asks(ask(1L, NOON), ask(1L, NOON));
            assertLikeOracle(request(spine, "at", slice(view)), spine, "at", "two rows equal in time");
        }
    }

    @Nested
    class Keys {
        @ParameterizedTest
        @MethodSource("dev.manciple.tck.RandomData#keyTypes")
        void ofEveryTypeMatch(Scalar type) {
            assumeTrue(fixture().stores(type), "the store has no columns of this type");
            RandomData random = new RandomData(new Random(11), store().timePrecision());
            List<List<Value>> source = new ArrayList<>();
            List<List<Value>> asked = new ArrayList<>();
            for (long i = 0; i < 20; i++) {
                source.add(row(random.key(type), time(NOON.plusSeconds(i)), integer(i)));
                asked.add(row(random.key(type), time(NOON.plusSeconds(10))));
            }
            TimeColumns time = new TimeColumns(EVENT, Optional.empty(), Optional.empty());
            DataSource.Batch batch = load(
                    Table.of(List.of(Field.of("k", type), Field.of(EVENT, Scalar.UNIX_TIMESTAMP), SCORE), source),
                    time);
            FeatureView view = view("view", batch, List.of(Field.of("k", type)), List.of(SCORE));
            Table spine = Table.of(List.of(Field.of("k", type), Field.of("at", Scalar.UNIX_TIMESTAMP)), asked);
            assertLikeOracle(request(spine, "at", slice(view)), spine, "at", type.toString());
        }

        @Test
        void ofSeveralColumnsAllMatchAndAreNotGluedTogether() {
            Field a = Field.of("a", Scalar.STRING);
            Field b = Field.of("b", Scalar.STRING);
            Field event = Field.of(EVENT, Scalar.UNIX_TIMESTAMP);
            Table source = Table.of(
                    List.of(b, SCORE, a, event),
                    List.of(
                            row(text("12"), integer(10), text("1"), time(NOON)),
                            row(text("2"), integer(20), text("11"), time(NOON)),
                            row(NULL, integer(30), text("1"), time(NOON))));
            FeatureView view = view(
                    "view",
                    load(source, new TimeColumns(EVENT, Optional.empty(), Optional.empty())),
                    List.of(a, b),
                    List.of(SCORE));
            Table spine = Table.of(
                    List.of(a, b, Field.of("at", Scalar.UNIX_TIMESTAMP)),
                    List.of(
                            row(text("1"), text("12"), time(NOON)),
                            row(text("11"), text("2"), time(NOON)),
                            row(text("1"), text("2"), time(NOON)),
                            row(text("1"), NULL, time(NOON))));
            assertThat(rows(job(spine, "at", slice(view))).stream()
                            .map(row -> row.getLast())
                            .toList())
                    .containsExactly(integer(10), integer(20), NULL, NULL);
        }

        /** Engines that glue keys together to sort or hash them have got some pairs of types wrong, and only with many rows. */
        @ParameterizedTest
        @MethodSource("dev.manciple.tck.RandomData#keyTypes")
        void ofTwoColumnsOfAnyTypesMatch(Scalar first) {
            List<Scalar> types =
                    RandomData.keyTypes().stream().filter(fixture()::stores).toList();
            assumeTrue(types.contains(first), "the store has no columns of this type");
            RandomData random = new RandomData(new Random(12), store().timePrecision());
            List<Field> keys =
                    types.stream().map(type -> Field.of("k" + type, type)).toList();
            List<List<Value>> source = new ArrayList<>();
            List<List<Value>> asked = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                List<Value> fact =
                        new ArrayList<>(types.stream().map(random::key).toList());
                List<Value> ask =
                        new ArrayList<>(types.stream().map(random::key).toList());
                fact.add(time(NOON.plusSeconds(i * 7919 % 300)));
                ask.add(time(NOON.plusSeconds(i)));
                fact.add(integer(i));
                source.add(fact);
                asked.add(ask);
            }
            List<Field> columns = new ArrayList<>(keys);
            columns.add(Field.of(EVENT, Scalar.UNIX_TIMESTAMP));
            Table spine = Table.of(columns, asked);
            columns.add(SCORE);
            DataSource.Batch batch =
                    load(Table.of(columns, source), new TimeColumns(EVENT, Optional.empty(), Optional.empty()));
            Field one = keys.get(types.indexOf(first));
            ViewSlice[] slices = keys.stream()
                    .filter(other -> !other.equals(one))
                    .map(other -> slice(view("by " + other.name(), batch, List.of(one, other), List.of(SCORE))))
                    .toArray(ViewSlice[]::new);
            HistoricalRequest request = new HistoricalRequest(
                    spine.spine(EVENT, allocator), List.of(slices), true, HistoricalRequest.Options.DEFAULT);
            assertLikeOracle(request, spine, EVENT, first + " and another");
        }

        @Test
        void areNotNeededByGlobalValues() {
            Table source = table(fact(1, NOON.minus(HOUR), 10), fact(2, NOON, 20), fact(3, NOON.plus(HOUR), 30));
            FeatureView view = view("global", load(source, TIMES), List.of(), List.of(SCORE));
            assertThat(scores(view, ask(7L, NOON), ask(null, NOON.minusSeconds(1)), ask(7L, null)))
                    .containsExactly(integer(20), integer(10), NULL);
        }

        @Test
        void mayBeCalledDifferentlyInTheEntityRows() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10), fact(2, NOON, 20));
            Table spine = Table.of(
                    List.of(
                            Field.of("from", Scalar.INT64),
                            Field.of(KEY, Scalar.INT64),
                            Field.of("to", Scalar.INT64),
                            Field.of("at", Scalar.UNIX_TIMESTAMP)),
                    List.of(row(integer(1), integer(3), integer(2), time(NOON))));
            ViewSlice from = new ViewSlice(view, "origin", List.of(SCORE), Map.of(KEY, "from"));
            ViewSlice to = new ViewSlice(view, "target", List.of(SCORE), Map.of(KEY, "to"));
            HistoricalRequest request = new HistoricalRequest(
                    spine.spine("at", allocator), List.of(from, to), true, HistoricalRequest.Options.DEFAULT);
            RetrievalJob job = store().historicalFeatures(request);
            assertThat(names(job)).containsExactly("from", KEY, "to", "at", "origin__score", "target__score");
            assertThat(rows(job))
                    .containsExactly(row(integer(1), integer(3), integer(2), time(NOON), integer(10), integer(20)));
        }
    }

    @Nested
    class Columns {
        @Test
        void areTheEntityRowsThenTheFeaturesInRequestOrder() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            RetrievalJob job = job(asks(ask(1L, NOON)), "at", slice(view, NOTE, SCORE));
            assertThat(names(job)).containsExactly(KEY, "at", "note", "score");
            assertThat(rows(job)).containsExactly(row(integer(1), time(NOON), text("n10"), integer(10)));
        }

        @Test
        void ofSeveralViewsDoNotMix() {
            FeatureView newer = view(Duration.ZERO, fact(1, NOON, 10), fact(2, NOON, 11));
            FeatureView older = view(
                    HOUR,
                    fact(1, NOON.minus(HOUR), 20),
                    fact(2, NOON.minus(HOUR).minus(tick()), 21));
            Table spine = asks(ask(2L, NOON), ask(1L, NOON), ask(3L, NOON));
            HistoricalRequest request = new HistoricalRequest(
                    spine.spine("at", allocator),
                    List.of(
                            new ViewSlice(newer, "newer", List.of(SCORE), Map.of()),
                            new ViewSlice(older, "older", List.of(NOTE, SCORE), Map.of())),
                    true,
                    HistoricalRequest.Options.DEFAULT);
            assertLikeOracle(request, spine, "at", "two views");
        }

        @Test
        void areMappedFromTheSourcesNames() {
            Table source = Table.of(
                    List.of(
                            Field.of("DRIVER", Scalar.INT64),
                            Field.of("ts", Scalar.UNIX_TIMESTAMP),
                            Field.of("s", Scalar.INT64),
                            // A column of the source may have the name another one is mapped to.
                            Field.of("n", Scalar.STRING)),
                    List.of(row(integer(1), time(NOON), integer(10), text("note"))));
            DataSource.Batch batch = load(source, new TimeColumns("ts", Optional.empty(), Optional.empty()))
                    .fieldMapping(Map.of("DRIVER", KEY, "s", "score", "n", "note"));
            FeatureView view = drivers(batch, Duration.ZERO);
            assertThat(rows(job(asks(ask(1L, NOON)), "at", slice(view))))
                    .containsExactly(row(integer(1), time(NOON), integer(10), text("note")));
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("dev.manciple.tck.RandomData#types")
        void ofEveryTypeKeepTheirValues(ValueType type) {
            assumeTrue(fixture().stores(type), "the store has no columns of this type");
            RandomData random = new RandomData(new Random(13), store().timePrecision());
            Field feature = Field.of("feature", type);
            List<List<Value>> rows = new ArrayList<>();
            List<Ask> asks = new ArrayList<>();
            for (long i = 0; i < 30; i++) {
                rows.add(row(integer(i), time(NOON), random.value(type)));
                asks.add(ask(i + 1, NOON));
            }
            Table source = Table.of(
                    List.of(Field.of(KEY, Scalar.INT64), Field.of(EVENT, Scalar.UNIX_TIMESTAMP), feature), rows);
            FeatureView view = view(
                    "typed",
                    load(source, new TimeColumns(EVENT, Optional.empty(), Optional.empty())),
                    List.of(Field.of(KEY, Scalar.INT64)),
                    List.of(feature));
            Table spine = asks(asks.toArray(Ask[]::new));
            assertLikeOracle(request(spine, "at", slice(view)), spine, "at", type.toString());
        }
    }

    @Nested
    class Jobs {
        @Test
        void knowTheSchemaThatOpenGives() throws IOException {
            FeatureView view = view(HOUR, fact(1, NOON, 10));
            RetrievalJob job = job(asks(ask(1L, NOON)), "at", slice(view));
            try (ArrowReader reader = job.open(allocator)) {
                assertThat(job.schema().getFields())
                        .isEqualTo(reader.getVectorSchemaRoot().getSchema().getFields());
            }
            RetrievalJob pull = store().pullLatest(pull(view, NOON, NOON));
            try (ArrowReader reader = pull.open(allocator)) {
                assertThat(pull.schema().getFields())
                        .isEqualTo(reader.getVectorSchemaRoot().getSchema().getFields());
            }
        }

        @Test
        void runNothingBeforeTheyAreOpened() {
            FeatureView view = view(HOUR, fact(1, NOON, 10));
            Table spine = asks(ask(1L, NOON));
            AtomicInteger opened = new AtomicInteger();
            Spine.Rows counting = new Spine.Rows(spine.schema(), "at", () -> {
                opened.incrementAndGet();
                return spine.reader(allocator);
            });
            RetrievalJob job = store().historicalFeatures(new HistoricalRequest(
                    counting, List.of(slice(view)), false, HistoricalRequest.Options.DEFAULT));
            job.schema();
            job.explain();
            job.sql();
            assertThat(opened).as("times the entity rows were read").hasValue(0);
            assertThat(rows(job)).hasSize(1);
            assertThat(opened.get()).as("times the entity rows were read").isPositive();
        }

        @Test
        void explainWithoutRunning() {
            FeatureView view = view(HOUR, fact(1, NOON, 10));
            Explanation explanation =
                    job(asks(ask(1L, NOON)), "at", slice(view)).explain();
            assertThat(explanation.store()).isNotBlank();
            assertThat(explanation.plan()).isNotBlank();
        }

        @Test
        void canBeOpenedTwice() {
            FeatureView view = view(HOUR, fact(1, NOON, 10), fact(2, NOON, 20));
            RetrievalJob job = job(asks(ask(2L, NOON), ask(1L, NOON)), "at", slice(view));
            List<List<Value>> first = rows(job);
            assertThat(first).hasSize(2);
            assertThat(rows(job)).isEqualTo(first);
        }

        @Test
        void canBeOpenedByManyThreadsAtOnce() throws Exception {
            FeatureView view = view(HOUR, fact(1, NOON, 10), fact(2, NOON, 20));
            RetrievalJob shared = job(asks(ask(2L, NOON), ask(1L, NOON)), "at", slice(view));
            List<List<Value>> expected = rows(shared);
            List<Callable<List<List<Value>>>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                tasks.add(() -> rows(shared));
                tasks.add(() -> rows(job(asks(ask(2L, NOON), ask(1L, NOON)), "at", slice(view))));
            }
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<List<List<Value>>> result : threads.invokeAll(tasks)) {
                    assertThat(result.get()).isEqualTo(expected);
                }
            }
        }

        @Test
        void canBeClosedEarly() throws IOException {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            List<Ask> asks =
                    LongStream.range(0, 20_000).mapToObj(i -> ask(i, NOON)).toList();
            RetrievalJob job = job(asks(asks.toArray(Ask[]::new)), "at", slice(view));
            job.open(allocator).close();
            try (ArrowReader reader = job.open(allocator)) {
                assertThat(reader.loadNextBatch()).isTrue();
            }
            assertThat(scores(view, ask(1L, NOON))).as("asked afterwards").containsExactly(integer(10));
        }

        @Test
        void sayWhichColumnTheSourceLacks() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            Field absent = Field.of("no such column", Scalar.INT64);
            FeatureView wrong = view.features(absent);
            assertThatThrownBy(() -> rows(job(asks(ask(1L, NOON)), "at", slice(wrong))))
                    .isInstanceOf(FeatureStoreException.class)
                    .hasMessageContaining("no such column");
        }

        @Test
        void sayWhichColumnTheEntityRowsLack() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            Table spine = Table.of(List.of(Field.of("at", Scalar.UNIX_TIMESTAMP)), List.of(row(time(NOON))));
            assertThatThrownBy(() -> rows(job(spine, "at", slice(view))))
                    .isInstanceOf(FeatureStoreException.class)
                    .hasMessageContaining(KEY);
            assertThatThrownBy(() -> rows(job(asks(ask(1L, NOON)), "no such time", slice(view))))
                    .isInstanceOf(FeatureStoreException.class)
                    .hasMessageContaining("no such time");
        }

        @Test
        void doNotHideAFailureOfTheEntityRows() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            Table spine = asks(ask(1L, NOON), ask(1L, NOON), ask(1L, NOON));
            Spine.Rows broken = new Spine.Rows(spine.schema(), "at", () -> new BrokenReader(allocator, spine));
            RetrievalJob job = store().historicalFeatures(new HistoricalRequest(
                    broken, List.of(slice(view)), false, HistoricalRequest.Options.DEFAULT));
            assertThatThrownBy(() -> rows(job)).hasStackTraceContaining(BrokenReader.MESSAGE);
            assertThat(scores(view, ask(1L, NOON))).as("asked afterwards").containsExactly(integer(10));
        }
    }

    @Nested
    class RandomScenarios {
        static LongStream seeds() {
            return Seeds.take();
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("seeds")
        void areJoinedLikeTheOracle(long seed) {
            run(seed, false);
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("seeds")
        void areJoinedLikeTheOracleAsFarAsWasKnownThen(long seed) {
            assumeTrue(can(OfflineCapability.FILTER_BY_CREATED), "the store does not filter by created time");
            run(seed, true);
        }

        private void run(long seed, boolean filterByCreated) {
            Scenario scenario = Scenario.random(seed, store().timePrecision(), fixture()::stores);
            List<ViewSlice> slices = new ArrayList<>();
            for (Scenario.View view : scenario.views()) {
                slices.add(view.slice(load(view.sourceName(), view.source(), view.time())));
            }
            HistoricalRequest request = new HistoricalRequest(
                    scenario.spine().spine(scenario.timeColumn(), allocator),
                    slices,
                    true,
                    new HistoricalRequest.Options(filterByCreated, true));
            assertLikeOracle(request, scenario.spine(), scenario.timeColumn(), Seeds.describe(seed));
        }
    }

    @Nested
    class FilterByCreated {
        private FeatureView view() {
            return OfflineStoreContract.this.view(
                    Duration.ZERO,
                    fact(1, NOON, NOON, 10),
                    fact(1, NOON, NOON.plus(HOUR), 20),
                    fact(2, NOON, NOON.plus(tick()), 30),
                    fact(3, NOON, null, 40));
        }

        private RetrievalJob job(FeatureView view, Table spine) {
            return store().historicalFeatures(new HistoricalRequest(
                    spine.spine("at", allocator),
                    List.of(slice(view)),
                    false,
                    new HistoricalRequest.Options(true, true)));
        }

        @Test
        void leavesOutRowsCreatedLater() {
            assumeTrue(can(OfflineCapability.FILTER_BY_CREATED));
            FeatureView view = view();
            Table spine = asks(
                    ask(1L, NOON), ask(1L, NOON.plus(HOUR)), ask(2L, NOON), ask(2L, NOON.plus(tick())), ask(3L, NOON));
            assertThat(rows(job(view, spine)).stream().map(row -> row.get(2)).toList())
                    .containsExactly(integer(10), integer(20), NULL, integer(30), integer(40));
        }

        @Test
        void isRefusedByStoresWithoutIt() {
            assumeFalse(can(OfflineCapability.FILTER_BY_CREATED));
            assertRefuses(OfflineCapability.FILTER_BY_CREATED, () -> rows(job(view(), asks(ask(1L, NOON)))));
        }
    }

    @Nested
    class RangeSpines {
        private RetrievalJob job(Instant start, Instant end, ViewSlice... slices) {
            return store().historicalFeatures(request(start, end, slices));
        }

        private HistoricalRequest request(Instant start, Instant end, ViewSlice... slices) {
            return new HistoricalRequest(
                    new Spine.Range(start, end), List.of(slices), true, HistoricalRequest.Options.DEFAULT);
        }

        @Test
        void joinEveryPairOfKeysAndTimeInTheWindow() {
            assumeTrue(can(OfflineCapability.RANGE_SPINE));
            FeatureView drivers = view(
                    HOUR.multipliedBy(2),
                    fact(1, NOON.minus(HOUR), 10),
                    fact(1, NOON, 20),
                    fact(1, NOON, 20),
                    fact(2, NOON.plus(HOUR), 30),
                    fact(2, NOON.plus(HOUR).plus(tick()), 40),
                    fact(3, NOON.minus(tick()), 50));
            Table regions = Table.of(
                    List.of(Field.of("region", Scalar.STRING), Field.of(EVENT, Scalar.UNIX_TIMESTAMP), SCORE),
                    List.of(
                            row(text("north"), time(NOON.minus(HOUR.multipliedBy(9))), integer(1)),
                            row(text("north"), time(NOON.plusSeconds(5)), integer(2))));
            FeatureView byRegion = OfflineHarness.view(
                    "regions",
                    load(regions, new TimeColumns(EVENT, Optional.empty(), Optional.empty())),
                    List.of(Field.of("region", Scalar.STRING)),
                    List.of(SCORE));
            ViewSlice mapped = new ViewSlice(drivers, "drivers", List.of(SCORE), Map.of(KEY, "who"));
            HistoricalRequest request = request(NOON, NOON.plus(HOUR), mapped, slice(byRegion));
            assertThat(names(store().historicalFeatures(request)))
                    .containsExactly("who", "region", "event_timestamp", "drivers__score", "regions__score");
            assertRangeLikeOracle(request, "two views with keys of their own");
        }

        /** Rows come in no order, each once. */
        private void assertRangeLikeOracle(HistoricalRequest request, String about) {
            Table spine = oracle().rangeSpine(request, (Spine.Range) request.spine());
            List<Oracle.Expected> expected = new ArrayList<>(oracle().join(request, spine, Oracle.RANGE_TIME));
            List<List<Value>> rows = rows(store().historicalFeatures(request), types(spine, request.slices()));
            assertThat(rows).as(about).hasSameSizeAs(expected);
            for (List<Value> row : rows) {
                assertThat(expected.removeIf(each -> each.accepts(row)))
                        .as("row %s, %s", row, about)
                        .isTrue();
            }
        }

        static LongStream seeds() {
            return Seeds.take();
        }

        /** Views of several, shared, renamed and no keys, with null keys and all TTLs, in a window that ends on rows of theirs. */
        @ParameterizedTest(name = "{0}")
        @MethodSource("seeds")
        void joinRandomViewsLikeTheOracle(long seed) {
            assumeTrue(can(OfflineCapability.RANGE_SPINE));
            Scenario scenario = Scenario.random(seed, store().timePrecision(), fixture()::stores);
            List<Instant> times = scenario.views().stream()
                    .flatMap(view -> view.source().rows().stream()
                            .map(row -> row.get(view.source().column(view.time().event()))))
                    .filter(Value.Time.class::isInstance)
                    .map(time -> ((Value.Time) time).value())
                    .sorted()
                    .toList();
            assumeFalse(times.isEmpty(), "no view of this seed has a row with a time");
            ViewSlice[] slices = scenario.views().stream()
                    .map(view -> view.slice(load(view.sourceName(), view.source(), view.time())))
                    .toArray(ViewSlice[]::new);
            assertRangeLikeOracle(
                    request(times.get(times.size() / 4), times.get(times.size() * 3 / 4), slices),
                    Seeds.describe(seed));
        }

        @Test
        void seeValuesFromBeforeTheWindow() {
            assumeTrue(can(OfflineCapability.RANGE_SPINE));
            FeatureView often = view(Duration.ZERO, fact(1, NOON, 10));
            FeatureView rarely = view(Duration.ZERO, fact(1, NOON.minus(HOUR), 7));
            assertThat(rows(job(
                            NOON,
                            NOON,
                            new ViewSlice(often, "often", List.of(SCORE), Map.of()),
                            new ViewSlice(rarely, "rarely", List.of(SCORE), Map.of()))))
                    .containsExactly(row(integer(1), time(NOON), integer(10), integer(7)));
        }

        @Test
        void haveNoRowsAboutNobody() {
            assumeTrue(can(OfflineCapability.RANGE_SPINE));
            FeatureView drivers =
                    view(Duration.ZERO, fact(1, NOON, 10), new Fact(null, NOON.plus(tick()), null, 20L, "nobody"));
            FeatureView weather = withoutKeys();
            ViewSlice keyed = new ViewSlice(drivers, "drivers", List.of(SCORE), Map.of());
            ViewSlice keyless = new ViewSlice(weather, "weather", List.of(SCORE), Map.of());
            assertThat(rows(job(NOON, NOON.plus(HOUR), keyed, keyless)))
                    .containsExactly(row(integer(1), time(NOON), integer(10), integer(7)));
            assertThat(rows(job(NOON, NOON.plus(HOUR), keyless)))
                    .as("where no view has keys, the times are all there is")
                    .containsExactlyInAnyOrder(row(time(NOON), integer(7)), row(time(NOON.plus(HOUR)), integer(8)));
        }

        private FeatureView withoutKeys() {
            Table weather = Table.of(
                    List.of(Field.of(EVENT, Scalar.UNIX_TIMESTAMP), SCORE),
                    List.of(row(time(NOON), integer(7)), row(time(NOON.plus(HOUR)), integer(8))));
            return OfflineHarness.view(
                    "weather",
                    load(weather, new TimeColumns(EVENT, Optional.empty(), Optional.empty())),
                    List.of(),
                    List.of(SCORE));
        }

        @Test
        void areRefusedByStoresWithoutThem() {
            assumeFalse(can(OfflineCapability.RANGE_SPINE));
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            assertRefuses(OfflineCapability.RANGE_SPINE, () -> rows(job(NOON, NOON, slice(view))));
        }
    }

    @Nested
    class QuerySpines {
        private RetrievalJob job(FeatureView view, String sql, String timeColumn) {
            return store().historicalFeatures(new HistoricalRequest(
                    new Spine.Query(sql, timeColumn), List.of(slice(view)), false, HistoricalRequest.Options.DEFAULT));
        }

        @Test
        void areJoinedLikeRows() {
            assumeTrue(can(OfflineCapability.QUERY_SPINE));
            FeatureView view = view(HOUR, fact(1, NOON, 10), fact(2, NOON, 20));
            Table spine = asks(
                    ask(2L, NOON),
                    ask(1L, NOON.plus(HOUR)),
                    ask(1L, NOON.plus(HOUR).plus(tick())),
                    ask(2L, NOON));
            String sql = fixture().selectAll(load(spine, new TimeColumns("at", Optional.empty(), Optional.empty())));
            assertThat(rows(job(view, sql, "at")))
                    .containsExactlyInAnyOrderElementsOf(rows(OfflineStoreContract.this.job(spine, "at", slice(view))));
        }

        @Test
        void areRefusedByStoresWithoutThem() {
            assumeFalse(can(OfflineCapability.QUERY_SPINE));
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            assertRefuses(OfflineCapability.QUERY_SPINE, () -> rows(job(view, "SELECT 1", "at")));
        }
    }

    @Nested
    class Pulls {
        @Test
        void giveKeysFeaturesAndTimesUnderFixedNames() {
            FeatureView view = view(HOUR, fact(1, NOON, NOON.plusSeconds(5), 10));
            PullRequest request = pull(view, NOON, NOON);
            for (RetrievalJob job : List.of(store().pullLatest(request), store().pullAll(request))) {
                assertThat(names(job))
                        .containsExactly(KEY, "score", "note", PullRequest.EVENT_TIME, PullRequest.CREATED_TIME);
                assertThat(rows(job))
                        .containsExactly(
                                row(integer(1), integer(10), text("n10"), time(NOON), time(NOON.plusSeconds(5))));
            }
        }

        @Test
        void giveTheNewestRowPerKey() {
            FeatureView view = view(
                    HOUR,
                    fact(1, NOON, NOON, 10),
                    fact(1, NOON, NOON.plusSeconds(1), 11),
                    fact(1, NOON, null, 12),
                    fact(1, NOON.minusSeconds(1), NOON.plus(HOUR), 13),
                    fact(2, NOON.minusSeconds(5), NOON, 20));
            assertThat(pulled(store().pullLatest(pull(view, NOON.minus(HOUR), NOON)), view))
                    .extracting(row -> row.get(1))
                    .containsExactlyInAnyOrder(integer(11), integer(20));
        }

        @Test
        void includeBothEndsOfTheWindow() {
            FeatureView view = view(
                    HOUR,
                    fact(1, NOON.minus(tick()), 1),
                    fact(2, NOON, 2),
                    fact(3, NOON.plus(HOUR), 3),
                    fact(4, NOON.plus(HOUR).plus(tick()), 4));
            PullRequest request = pull(view, NOON, NOON.plus(HOUR));
            for (RetrievalJob job : List.of(store().pullLatest(request), store().pullAll(request))) {
                assertThat(pulled(job, view))
                        .extracting(row -> row.get(1))
                        .containsExactlyInAnyOrder(integer(2), integer(3));
            }
        }

        @Test
        void takeTheNewestWithinTheWindowNotOverall() {
            FeatureView view = view(HOUR, fact(1, NOON, 1), fact(1, NOON.plus(HOUR), 2));
            assertThat(pulled(store().pullLatest(pull(view, NOON, NOON)), view))
                    .extracting(row -> row.get(1))
                    .containsExactly(integer(1));
        }

        @Test
        void giveOneRowOfGlobalValues() {
            DataSource.Batch batch = load(table(fact(1, NOON, 1), fact(2, NOON.plusSeconds(1), 2)), TIMES);
            FeatureView view = view("global", batch, List.of(), List.of(SCORE));
            assertThat(rows(store().pullLatest(pull(view, NOON, NOON.plus(HOUR)))))
                    .containsExactly(row(integer(2), time(NOON.plusSeconds(1)), time(NOON.plusSeconds(1))));
        }

        @Test
        void giveColumnsThatAreCalledLikeOnesOfTheStore() {
            List<Field> features = Stream.of("__rank", "__RANK_", "__row", "__at", "key_0", "rowid")
                    .map(name -> Field.of(name, Scalar.INT64))
                    .toList();
            List<Field> columns =
                    new ArrayList<>(List.of(Field.of(KEY, Scalar.INT64), Field.of(EVENT, Scalar.UNIX_TIMESTAMP)));
            columns.addAll(features);
            List<List<Value>> rows = new ArrayList<>();
            for (long i = 0; i < 3; i++) {
                List<Value> row = new ArrayList<>(List.of(integer(1), time(NOON.plusSeconds(i))));
                row.addAll(Collections.nCopies(features.size(), integer(10 + i)));
                rows.add(row);
            }
            DataSource.Batch batch =
                    load(Table.of(columns, rows), new TimeColumns(EVENT, Optional.empty(), Optional.empty()));
            FeatureView view = view("awkward", batch, List.of(Field.of(KEY, Scalar.INT64)), features);
            PullRequest request = pull(view, NOON, NOON.plus(HOUR));
            assertThat(pulled(store().pullLatest(request), view))
                    .containsExactlyElementsOf(
                            oracle().latest(request).values().iterator().next());
            Table spine = asks(ask(1L, NOON), ask(1L, NOON.plusSeconds(1)));
            assertLikeOracle(request(spine, "at", slice(view)), spine, "at", "columns called like the store's own");
        }

        @Test
        void giveEveryRowWhereAllAreAskedFor() {
            FeatureView view = view(HOUR, fact(1, NOON, 1), fact(1, NOON, 1), fact(1, NOON.plusSeconds(1), 2));
            assertThat(pulled(store().pullAll(pull(view, NOON, NOON.plus(HOUR))), view))
                    .extracting(row -> row.get(1))
                    .containsExactlyInAnyOrder(integer(1), integer(1), integer(2));
        }

        /** Which rows of other keys come too is up to the store. */
        @Test
        void giveEveryRowOfTheKeysAskedFor() {
            Field zone = Field.of("zone", Scalar.STRING);
            Field driver = Field.of(KEY, Scalar.INT64);
            List<Field> columns = List.of(driver, zone, Field.of(EVENT, Scalar.UNIX_TIMESTAMP), SCORE);
            Table table = Table.of(
                    columns,
                    List.of(
                            row(integer(1), text("a"), time(NOON), integer(10)),
                            row(integer(1), text("a"), time(NOON.plusSeconds(1)), integer(11)),
                            row(integer(1), text("b"), time(NOON), integer(12)),
                            row(integer(2), text("a"), time(NOON), integer(20)),
                            row(integer(2), text("it's"), time(NOON), integer(21)),
                            row(NULL, text("a"), time(NOON), integer(30))));
            DataSource.Batch source = load(table, new TimeColumns(EVENT, Optional.empty(), Optional.empty()));
            Table keys = Table.of(
                    List.of(driver, zone),
                    List.of(
                            row(integer(1), text("a")),
                            row(integer(2), text("it's")),
                            row(integer(9), text("a")),
                            row(NULL, text("a"))));
            PullRequest request = new PullRequest(
                    source,
                    List.of(driver, zone),
                    List.of(SCORE),
                    NOON,
                    NOON.plus(HOUR),
                    Optional.of(new PullRequest.Keys(keys.schema(), 4, () -> keys.reader(allocator))));
            RetrievalJob job = store().pullAll(request);
            for (int opened = 0; opened < 2; opened++) {
                assertThat(rows(job)).extracting(row -> row.get(2)).contains(integer(10), integer(11), integer(21));
            }
            assertThat(rows(store().pullLatest(request)))
                    .extracting(row -> row.get(2))
                    .contains(integer(11), integer(21));
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("dev.manciple.tck.OfflineStoreContract$RandomScenarios#seeds")
        void areLikeTheOracles(long seed) {
            Scenario scenario = Scenario.random(seed, store().timePrecision(), fixture()::stores);
            for (Scenario.View each : scenario.views()) {
                FeatureView view = each.slice(load(each.sourceName(), each.source(), each.time()))
                        .view();
                PullRequest request =
                        pull(view, Instant.parse("2024-03-31T01:00:00Z"), Instant.parse("2024-03-31T02:00:00Z"));
                assertThat(pulled(store().pullAll(request), view))
                        .as("all, %s", Seeds.describe(seed))
                        .containsExactlyInAnyOrderElementsOf(oracle().all(request));
                int keys = view.entityColumns().size();
                Map<List<Value>, Set<List<Value>>> expected = oracle().latest(request);
                // Whether a row without a key is worth giving is up to the store: no online store can keep it.
                expected.keySet().removeIf(key -> key.contains(NULL));
                List<List<Value>> latest = pulled(store().pullLatest(request), view).stream()
                        .filter(row -> !row.subList(0, keys).contains(NULL))
                        .toList();
                assertThat(latest).as("latest, %s", Seeds.describe(seed)).hasSameSizeAs(expected.keySet());
                assertThat(latest)
                        .as("latest, %s", Seeds.describe(seed))
                        .allSatisfy(row ->
                                assertThat(expected.get(row.subList(0, keys))).contains(row));
            }
        }
    }

    @Nested
    class Descriptions {
        @Test
        void nameTheColumnsAsTheSourceDoes() {
            Table table = table(fact(1, NOON, 10));
            DataSource.Batch source = load(table, TIMES).fieldMapping(Map.of("score", "points"));
            assertThat(store().describe(source).getFields())
                    .extracting(org.apache.arrow.vector.types.pojo.Field::getName)
                    .containsExactly(KEY, EVENT, CREATED, "score", "note");
        }

        @Test
        void tellTheTypesThatWereLoaded() {
            Table table = table(fact(1, NOON, 10));
            assertThat(store().describe(load(table, TIMES)).getFields())
                    .extracting(ArrowTypes::valueType)
                    .containsExactlyElementsOf(table.types());
        }

        @Test
        void ofWhatDoesNotExistFailAndNameIt() {
            DataSource.Batch absent = fixture().target("nowhere", TIMES);
            assertThatThrownBy(() -> store().describe(absent))
                    .isInstanceOf(FeatureStoreException.class)
                    .hasMessageContaining("nowhere");
        }
    }

    @Nested
    class Writes {
        private final Instant later = NOON.plus(HOUR);

        @Test
        void appendRows() throws IOException {
            assumeTrue(can(OfflineCapability.WRITE));
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            try (ArrowReader rows =
                    table(fact(1, later, null, 20), fact(2, NOON, 30)).reader(allocator)) {
                store().write(view, rows);
                assertThatCode(rows::getVectorSchemaRoot)
                        .as("the store must not close the rows")
                        .doesNotThrowAnyException();
            }
            assertThat(scores(view, ask(1L, NOON), ask(1L, later), ask(2L, NOON)))
                    .containsExactly(integer(10), integer(20), integer(30));
        }

        @Test
        void areSeenByJobsThatWereMadeBefore() throws IOException {
            assumeTrue(can(OfflineCapability.WRITE));
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            RetrievalJob job = job(asks(ask(1L, later)), "at", slice(view, SCORE));
            try (ArrowReader rows = table(fact(1, later, 20)).reader(allocator)) {
                store().write(view, rows);
            }
            assertThat(rows(job)).containsExactly(row(integer(1), time(later), integer(20)));
        }

        @Test
        void useTheViewsNames() throws IOException {
            assumeTrue(can(OfflineCapability.WRITE));
            DataSource.Batch batch = load(table(fact(1, NOON, 10)), TIMES).fieldMapping(Map.of("score", "points"));
            Field points = Field.of("points", Scalar.INT64);
            FeatureView view = view("drivers", batch, List.of(Field.of(KEY, Scalar.INT64)), List.of(points, NOTE));
            Table table = Table.of(
                    List.of(
                            // Columns are matched by name, not by place.
                            points,
                            NOTE,
                            Field.of(CREATED, Scalar.UNIX_TIMESTAMP),
                            Field.of(EVENT, Scalar.UNIX_TIMESTAMP),
                            Field.of(KEY, Scalar.INT64)),
                    List.of(row(integer(20), NULL, time(later), time(later), integer(1))));
            try (ArrowReader rows = table.reader(allocator)) {
                store().write(view, rows);
            }
            assertThat(rows(job(asks(ask(1L, later)), "at", slice(view))))
                    .containsExactly(row(integer(1), time(later), integer(20), NULL));
        }

        @Test
        void refuseOtherColumns() throws IOException {
            assumeTrue(can(OfflineCapability.WRITE));
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            Table other = Table.of(
                    List.of(
                            Field.of(KEY, Scalar.INT64),
                            Field.of(EVENT, Scalar.UNIX_TIMESTAMP),
                            Field.of("sc0re", Scalar.INT64)),
                    List.of(row(integer(1), time(later), integer(20))));
            try (ArrowReader rows = other.reader(allocator)) {
                assertThatThrownBy(() -> store().write(view, rows))
                        .isInstanceOf(FeatureStoreException.class)
                        .hasMessageContaining("sc");
            }
            assertThat(scores(view, ask(1L, later))).containsExactly(integer(10));
        }

        @Test
        void appendAllOrNothing() throws IOException {
            assumeTrue(can(OfflineCapability.WRITE));
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            Table table = table(fact(1, later, 20), fact(1, later, 21), fact(1, later, 22));
            try (ArrowReader rows = new BrokenReader(allocator, table)) {
                assertThatThrownBy(() -> store().write(view, rows)).hasStackTraceContaining(BrokenReader.MESSAGE);
            }
            assertThat(scores(view, ask(1L, later))).containsExactly(integer(10));
        }

        @Test
        void areRefusedByStoresWithoutThem() throws IOException {
            assumeFalse(can(OfflineCapability.WRITE));
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            Table table = table(fact(1, later, 20));
            try (ArrowReader rows = table.reader(allocator)) {
                assertRefuses(OfflineCapability.WRITE, () -> store().write(view, rows));
            }
            assertRefuses(OfflineCapability.WRITE, () -> store().checkWrite(view, table.schema()));
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("dev.manciple.tck.OfflineHarness#batches")
        void endAsTheirCheckSays(String what, Table table) throws IOException {
            assumeTrue(can(OfflineCapability.CHECK_WRITE));
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            Instant end = later.plus(HOUR);
            try (ArrowReader rows = table.reader(allocator)) {
                Optional<String> told = refusal(() -> store().checkWrite(view, table.schema()));
                assertThat(rows(store().pullAll(pull(view, NOON, end))))
                        .as("the rows after the check")
                        .hasSize(1);
                assertThat(refusal(() -> store().write(view, rows)))
                        .as("the refusal of the write, as the check told it")
                        .isEqualTo(told);
                assertThat(rows(store().pullAll(pull(view, NOON, end))))
                        .as("the rows after the write")
                        .hasSize(told.isPresent() ? 1 : 1 + table.rows().size());
            }
        }

        @Test
        void areCheckedForTheirColumns() {
            assumeTrue(can(OfflineCapability.CHECK_WRITE));
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            store().checkWrite(view, table(fact(1, later, 20)).schema());
            assertThatThrownBy(() -> store().checkWrite(view, asks().schema()))
                    .isInstanceOf(FeatureStoreException.class)
                    .hasMessageContaining(SCORE.name());
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("dev.manciple.tck.OfflineHarness#batches")
        void areNotCheckedByStoresThatCannotTell(String what, Table table) {
            assumeTrue(can(OfflineCapability.WRITE));
            assumeFalse(can(OfflineCapability.CHECK_WRITE));
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            assertThatCode(() -> store().checkWrite(view, table.schema())).doesNotThrowAnyException();
            assertThat(scores(view, ask(1L, later))).containsExactly(integer(10));
        }

        private static Optional<String> refusal(Runnable call) {
            try {
                call.run();
                return Optional.empty();
            } catch (FeatureStoreException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }
    }

    @Nested
    class Logs {
        private final Table logs = table(fact(1, NOON, 10));

        private void write(DataSource.Batch sink) throws IOException {
            try (ArrowReader rows = logs.reader(allocator)) {
                store().writeLoggedFeatures(sink, rows);
            }
        }

        @Test
        void createTheirSinkAndAppendToIt() throws IOException {
            assumeTrue(can(OfflineCapability.WRITE_LOGS));
            DataSource.Batch sink = fixture().target("logs", TIMES);
            write(sink);
            write(sink);
            FeatureView view = drivers(sink, Duration.ZERO);
            assertThat(rows(store().pullAll(pull(view, NOON, NOON)))).hasSize(2);
        }

        @Test
        void areRefusedByStoresWithoutThem() {
            assumeFalse(can(OfflineCapability.WRITE_LOGS));
            assertRefuses(OfflineCapability.WRITE_LOGS, () -> write(fixture().target("logs", TIMES)));
        }
    }

    @Nested
    class PersistedResults {
        private final TimeColumns time = new TimeColumns("at", Optional.empty(), Optional.empty());

        private RetrievalJob job(long score) {
            return OfflineStoreContract.this.job(
                    asks(ask(1L, NOON), ask(1L, NOON), ask(2L, NOON)),
                    "at",
                    slice(view(Duration.ZERO, fact(1, NOON, score))));
        }

        private List<Value> scores(DataSource.Batch target) {
            FeatureView view = drivers(target, Duration.ZERO);
            return rows(store().pullAll(pull(view, NOON, NOON))).stream()
                    .map(row -> row.get(1))
                    .toList();
        }

        @Test
        void holdEveryRow() {
            assumeTrue(can(OfflineCapability.PERSIST));
            DataSource.Batch target = fixture().target("saved", time);
            job(10).persist(target, false);
            assertThat(scores(target)).containsExactlyInAnyOrder(integer(10), integer(10), NULL);
        }

        @Test
        void areNotOverwrittenUnasked() {
            assumeTrue(can(OfflineCapability.PERSIST));
            DataSource.Batch target = fixture().target("saved", time);
            job(10).persist(target, false);
            assertThatThrownBy(() -> job(20).persist(target, false))
                    .isInstanceOf(FeatureStoreException.class)
                    .hasMessageContaining("saved");
            assertThat(scores(target)).contains(integer(10)).doesNotContain(integer(20));
        }

        @Test
        void areOverwrittenWhenAsked() {
            assumeTrue(can(OfflineCapability.PERSIST));
            DataSource.Batch target = fixture().target("saved", time);
            job(10).persist(target, false);
            job(20).persist(target, true);
            assertThat(scores(target)).containsExactlyInAnyOrder(integer(20), integer(20), NULL);
        }

        @Test
        void stayAsTheyWereWhenANewResultFails() {
            assumeTrue(can(OfflineCapability.PERSIST));
            DataSource.Batch target = fixture().target("saved", time);
            job(10).persist(target, false);
            Table spine = asks(ask(1L, NOON), ask(1L, NOON), ask(2L, NOON));
            Spine.Rows broken = new Spine.Rows(spine.schema(), "at", () -> new BrokenReader(allocator, spine));
            RetrievalJob failing = store().historicalFeatures(new HistoricalRequest(
                    broken,
                    List.of(slice(view(Duration.ZERO, fact(1, NOON, 20)))),
                    false,
                    HistoricalRequest.Options.DEFAULT));
            assertThatThrownBy(() -> failing.persist(target, true)).hasStackTraceContaining(BrokenReader.MESSAGE);
            assertThat(scores(target)).containsExactlyInAnyOrder(integer(10), integer(10), NULL);
        }

        @Test
        void areRefusedByStoresWithoutThem() {
            assumeFalse(can(OfflineCapability.PERSIST) || can(OfflineCapability.REMOTE_EXPORT));
            assertRefuses(
                    Set.of(OfflineCapability.PERSIST, OfflineCapability.REMOTE_EXPORT),
                    () -> job(10).persist(fixture().target("saved", time), false));
        }
    }

    @Nested
    class Exports {
        private RetrievalJob job() {
            FeatureView view = view(Duration.ZERO, fact(1, NOON, 10));
            return OfflineStoreContract.this.job(asks(ask(1L, NOON), ask(2L, NOON)), "at", slice(view));
        }

        @Test
        void tellRowsAndFiles() {
            assumeTrue(can(OfflineCapability.REMOTE_EXPORT));
            WriteReport report = job().writeTo(fixture().exportTarget(folder), false);
            assertThat(report.rows()).isEqualTo(2);
            assertThat(report.files()).isNotEmpty();
        }

        @Test
        void doNotOverwriteUnasked() {
            assumeTrue(can(OfflineCapability.REMOTE_EXPORT));
            SourceLocation.Files target = fixture().exportTarget(folder);
            job().writeTo(target, false);
            assertThatThrownBy(() -> job().writeTo(target, false)).isInstanceOf(FeatureStoreException.class);
            assertThat(job().writeTo(target, true).rows()).isEqualTo(2);
        }

        @Test
        void areRefusedByStoresWithoutThem() {
            assumeFalse(can(OfflineCapability.REMOTE_EXPORT));
            assertRefuses(
                    OfflineCapability.REMOTE_EXPORT,
                    () -> job().writeTo(fixture().exportTarget(folder), false));
        }
    }

    private static void assertRefuses(OfflineCapability capability, ThrowingCallable call) {
        assertRefuses(Set.of(capability), call);
    }

    private static void assertRefuses(Set<OfflineCapability> anyOf, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        UnsupportedException.class,
                        refusal -> assertThat(refusal.capability())
                                .isIn(anyOf.stream().map(Enum::name).toList()));
    }

    private static PullRequest pull(FeatureView view, Instant start, Instant end) {
        return new PullRequest(view.batchSource().orElseThrow(), view.entityColumns(), view.features(), start, end);
    }

    /** The rows of a pull, read by the view's types. */
    private List<List<Value>> pulled(RetrievalJob job, FeatureView view) {
        List<ValueType> types =
                types(view.entityColumns().stream().map(Field::type).toList(), view.features());
        types.add(Scalar.UNIX_TIMESTAMP);
        if (view.batchSource().orElseThrow().time().created().isPresent()) {
            types.add(Scalar.UNIX_TIMESTAMP);
        }
        return rows(job, types);
    }

    private static List<String> names(RetrievalJob job) {
        return job.schema().getFields().stream()
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .toList();
    }
}
