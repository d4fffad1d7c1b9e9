package dev.manciple.retrieve;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static dev.manciple.fixture.Definitions.ORDERS;
import static dev.manciple.fixture.Definitions.WEATHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.FeatureSelection;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.fixture.Definitions;
import dev.manciple.fixture.MemoryOnlineStore;
import dev.manciple.local.Engine;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.FeatureFunction;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import dev.manciple.transform.Transformations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OnlineRetrievalTest {
    private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");
    private static final Instant RECENT = NOW.minus(Duration.ofHours(1));

    private static final OnDemandFeatureView DOUBLED = onDemand("doubled", new Transformation.Java("doubled"));
    private static final OnDemandFeatureView SQL = onDemand(
            "sql_view", new Transformation.Sql(Map.of("twice", "2 * trips + bonus", "unused", "no_such_column")));
    private static final OnDemandFeatureView PANDAS =
            onDemand("pandas_view", new Transformation.Foreign("pandas", "def f(df): ..."));

    private final BufferAllocator allocator = new RootAllocator();
    private final Engine engine = new Engine(allocator);
    private final MemoryOnlineStore store = new MemoryOnlineStore();
    private RegistrySnapshot snapshot = Definitions.snapshot(DRIVER_STATS, ORDERS, WEATHER, DOUBLED, SQL, PANDAS);
    private final OnlineRetrieval retrieval = new OnlineRetrieval(
            () -> snapshot,
            store,
            new FeatureHomes(store, "memory"),
            new Transformations(List.of(new Doubled()), engine),
            InstantSource.fixed(NOW));

    @AfterEach
    void close() {
        engine.close();
        allocator.close();
    }

    @BeforeEach
    void fill() {
        store.write(
                DRIVER_STATS,
                List.of(
                        driver(1001, RECENT, new Value.Real(0.5), new Value.Int(7)),
                        driver(1002, NOW.minus(Duration.ofDays(1)), new Value.Real(0.25), Value.Null.NULL),
                        driver(
                                1003,
                                NOW.minus(Duration.ofDays(1)).minusSeconds(1),
                                new Value.Real(0.1),
                                new Value.Int(3)),
                        driver(1004, RECENT, new Value.Corrupt("cut off"), Value.Missing.MISSING)));
        store.write(
                ORDERS,
                List.of(row(
                        ORDERS,
                        List.of(new Value.Int(1001), new Value.Text("a")),
                        RECENT,
                        new Value.Int(2),
                        new Value.Real(9.5))));
        store.write(WEATHER, List.of(row(WEATHER, List.of(), RECENT, new Value.Bool(true))));
    }

    @Test
    void columnsComeEntitiesFirstThenFeaturesAsAsked() {
        OnlineFeatures answer = ask(Map.of("driver_id", ints(1001)), "driver_stats:trips", "driver_stats:conv_rate");
        assertThat(answer.names()).containsExactly("driver_id", "trips", "conv_rate");
        assertThat(answer.values()).containsExactly(ints(1001), ints(7), List.of(new Value.Real(0.5)));
        assertThat(answer.statuses()).allSatisfy(column -> assertThat(column).containsExactly(FieldStatus.PRESENT));
        assertThat(answer.eventTimes()).containsExactly(List.of(Instant.EPOCH), List.of(RECENT), List.of(RECENT));
    }

    @Test
    void everyKindOfAbsenceHasItsStatus() {
        OnlineFeatures answer = ask(
                Map.of(
                        "driver_id",
                        Arrays.<Value>asList(
                                new Value.Int(1001),
                                new Value.Int(1002),
                                new Value.Int(1003),
                                new Value.Int(1004),
                                new Value.Int(9))),
                "driver_stats:trips",
                "driver_stats:conv_rate");
        assertThat(answer.statuses().get(1))
                .containsExactly(
                        FieldStatus.PRESENT,
                        FieldStatus.NULL_VALUE,
                        FieldStatus.OUTSIDE_MAX_AGE,
                        FieldStatus.NOT_FOUND,
                        FieldStatus.NOT_FOUND);
        assertThat(answer.statuses().get(2))
                .containsExactly(
                        FieldStatus.PRESENT,
                        FieldStatus.PRESENT,
                        FieldStatus.OUTSIDE_MAX_AGE,
                        FieldStatus.INVALID,
                        FieldStatus.NOT_FOUND);
        assertThat(answer.values().get(2).subList(2, 5))
                .containsExactly(Value.Null.NULL, Value.Null.NULL, Value.Null.NULL);
        assertThat(answer.eventTimes().get(1).subList(2, 5))
                .containsExactly(NOW.minus(Duration.ofDays(1)).minusSeconds(1), Instant.EPOCH, Instant.EPOCH);
    }

    @Test
    void expiredValuesComeOnlyOnRequest() {
        OnlineFeatures answer = retrieval.features(
                selection("driver_stats:trips"), Map.of("driver_id", ints(1003)), new OnlineOptions(false, true));
        assertThat(answer.values().get(1)).isEqualTo(ints(3));
        assertThat(answer.statuses().get(1)).containsExactly(FieldStatus.OUTSIDE_MAX_AGE);
    }

    @Test
    void equalKeysAreReadOnceAndFannedOut() {
        OnlineFeatures answer = ask(Map.of("driver_id", ints(1001, 9, 1001, 1001, 9)), "driver_stats:trips");
        assertThat(store.reads()).isEqualTo(1);
        assertThat(store.keysRead()).isEqualTo(2);
        assertThat(answer.values().get(1))
                .containsExactly(
                        new Value.Int(7), Value.Null.NULL, new Value.Int(7), new Value.Int(7), Value.Null.NULL);
    }

    @Test
    void textAndNumbersBecomeTheDeclaredType() {
        OnlineFeatures answer = ask(
                Map.of("driver_id", texts("1001"), "customer_id", texts("a")),
                "driver_stats:conv_rate",
                "orders:trips");
        assertThat(answer.values().get(answer.names().indexOf("driver_id"))).isEqualTo(ints(1001));
        assertThat(answer.values().get(answer.names().indexOf("trips"))).isEqualTo(ints(2));
    }

    @Test
    void aValueThatDoesNotFitNamesKeyValueAndType() {
        assertThatThrownBy(() -> ask(Map.of("driver_id", texts("10o1")), "driver_stats:trips"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("driver_id")
                .hasMessageContaining("10o1")
                .hasMessageContaining("Int64");
    }

    @Test
    void aRowWithANullKeyFindsNothing() {
        OnlineFeatures answer =
                ask(Map.of("driver_id", List.of(Value.Null.NULL, new Value.Int(1001))), "driver_stats:trips");
        assertThat(answer.statuses().get(1)).containsExactly(FieldStatus.NOT_FOUND, FieldStatus.PRESENT);
        assertThat(store.keysRead()).isEqualTo(1);
    }

    @Test
    void viewsWithoutEntitiesNeedNoColumns() {
        OnlineFeatures answer = ask(Map.of(), "weather:rain");
        assertThat(answer.names()).containsExactly("rain");
        assertThat(answer.values()).containsExactly(List.of(new Value.Bool(true)));
    }

    @Test
    void columnsNobodyNeedsAreLeftOut() {
        OnlineFeatures answer = ask(Map.of("driver_id", ints(1001), "shoe_size", ints(43)), "driver_stats:trips");
        assertThat(answer.names()).containsExactly("driver_id", "trips");
    }

    @Test
    void anEntityNameStandsForItsJoinKey() {
        OnlineFeatures answer = ask(Map.of("driver", ints(1001)), "driver_stats:trips");
        assertThat(answer.names()).containsExactly("driver_id", "trips");
        assertThat(answer.values().get(1)).isEqualTo(ints(7));
    }

    @Test
    void missingAndUnequalColumnsAreRefused() {
        assertThatThrownBy(() -> ask(Map.of("driver_id", ints(1)), "orders:amount"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("No values given for 'customer_id', which feature view 'orders' needs")
                .hasMessageContaining("Given: driver_id");
        Map<String, List<Value>> unequal = new LinkedHashMap<>();
        unequal.put("driver_id", ints(1, 2));
        unequal.put("customer_id", texts("a"));
        assertThatThrownBy(() -> ask(unequal, "orders:amount"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessage("The entity columns differ in length: driver_id has 2, customer_id has 1");
    }

    @Test
    void oneViewIsReadOnTwoKeys() {
        Map<String, List<Value>> entities = new LinkedHashMap<>();
        entities.put("driver_id", ints(1001));
        entities.put("backup", ints(1002));
        OnlineFeatures answer = retrieval.features(
                new FeatureSelection.Views(List.of(
                        projection("driver_stats", "conv_rate"),
                        projection("driver_stats", "conv_rate")
                                .withName("backup_stats")
                                .withJoinKeyMap(Map.of("driver_id", "backup")))),
                entities,
                new OnlineOptions(true, false));
        assertThat(answer.names())
                .containsExactly("driver_id", "backup", "driver_stats__conv_rate", "backup_stats__conv_rate");
        assertThat(answer.values().get(2)).containsExactly(new Value.Real(0.5));
        assertThat(answer.values().get(3)).containsExactly(new Value.Real(0.25));
    }

    @Test
    void noRowsGiveAnEmptyAnswer() {
        OnlineFeatures answer = ask(Map.of("driver_id", List.of()), "driver_stats:trips");
        assertThat(answer.names()).containsExactly("driver_id", "trips");
        assertThat(answer.values()).containsExactly(List.of(), List.of());
    }

    @Test
    void onDemandFeaturesUseStoredAndRequestValues() {
        OnlineFeatures answer = ask(Map.of("driver_id", ints(1001, 1003), "bonus", texts("5", "6")), "doubled:twice");
        assertThat(answer.names()).containsExactly("driver_id", "bonus", "twice");
        // Driver 1003's trips are too old to count.
        assertThat(answer.values().get(2)).containsExactly(new Value.Int(19), Value.Null.NULL);
        assertThat(answer.statuses().get(2)).containsExactly(FieldStatus.PRESENT, FieldStatus.NULL_VALUE);
        assertThat(answer.eventTimes().get(2)).containsOnly(Instant.EPOCH);
    }

    @Test
    void sqlExpressionsUseStoredAndRequestValues() {
        OnlineFeatures answer =
                ask(Map.of("driver_id", ints(1001, 1003, 1001), "bonus", texts("5", "6", "7")), "sql_view:twice");
        assertThat(answer.values().get(answer.names().indexOf("twice")))
                .containsExactly(new Value.Int(19), Value.Null.NULL, new Value.Int(21));
        assertThat(ask(Map.of("driver_id", List.of(), "bonus", List.of()), "sql_view:twice")
                        .values())
                .containsOnly(List.of());
    }

    @Test
    void aStoreThatDidNotAnswerInvalidatesItsFeaturesAndWhatIsComputedOfThem() {
        Lookup failed = new Lookup.Failed("hot", "down");
        OnlineStore partial = new MemoryOnlineStore() {
            @Override
            public List<OnlineResult> read(List<OnlineRead> asked) {
                return asked.stream()
                        .map(read -> read.view().equals(DRIVER_STATS)
                                ? new OnlineResult(
                                        Collections.nCopies(read.keys().size(), failed))
                                : super.read(List.of(read)).getFirst())
                        .toList();
            }
        };
        partial.write(WEATHER, List.of(row(WEATHER, List.of(), RECENT, new Value.Bool(true))));
        OnlineFeatures answer = new OnlineRetrieval(
                        () -> snapshot,
                        partial,
                        new FeatureHomes(partial, "memory"),
                        new Transformations(List.of(new Doubled()), engine),
                        InstantSource.fixed(NOW))
                .features(
                        selection("driver_stats:trips", "doubled:twice", "weather:rain"),
                        Map.of("driver_id", ints(1001), "bonus", texts("5")),
                        OnlineOptions.DEFAULT);
        assertThat(answer.names()).endsWith("trips", "rain", "twice");
        assertThat(answer.values().subList(2, 5))
                .containsExactly(List.of(Value.Null.NULL), List.of(new Value.Bool(true)), List.of(Value.Null.NULL));
        assertThat(answer.statuses().subList(2, 5))
                .containsExactly(
                        List.of(FieldStatus.INVALID), List.of(FieldStatus.PRESENT), List.of(FieldStatus.INVALID));
        assertThat(answer.failures()).containsExactly(new OnlineFeatures.Failure("driver_stats", "hot", "down"));
    }

    @Test
    void aListIsNoKey() {
        Map<String, List<Value>> entities = Map.of("driver_id", List.of(new Value.Many(List.of(new Value.Text("a")))));
        assertThatThrownBy(() -> ask(entities, "driver_stats:trips"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessage("driver_id: '[\"a\"]' is no value of a join key of type Int64");
    }

    @Test
    void aMissingRequestValueNamesTheView() {
        assertThatThrownBy(() -> ask(Map.of("driver_id", ints(1001)), "doubled:twice"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("'bonus', which on demand feature view 'doubled' needs");
    }

    @Test
    void aPythonTransformationIsRefusedAndTheRestIsAnswered() {
        Map<String, List<Value>> entities = Map.of("driver_id", ints(1001, 1002), "bonus", ints(1, 2));
        OnlineFeatures alone = ask(entities, "driver_stats:trips");
        OnlineFeatures answer = ask(entities, "driver_stats:trips", "pandas_view:twice");
        int twice = answer.names().indexOf("twice");
        assertThat(answer.values().get(answer.names().indexOf("trips")))
                .isEqualTo(alone.values().get(alone.names().indexOf("trips")));
        assertThat(answer.values().get(twice)).containsOnly(Value.Null.NULL);
        assertThat(answer.statuses().get(twice)).containsExactly(FieldStatus.INVALID, FieldStatus.INVALID);
        assertThat(answer.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.view()).isEqualTo("pandas_view");
            assertThat(failure.store()).isEmpty();
            assertThat(failure.reason()).contains("pandas");
        });
    }

    @Test
    void aRequestForNothingButPythonTransformationsIsRefused() {
        assertThatThrownBy(() -> ask(Map.of("driver_id", ints(1001), "bonus", ints(1)), "pandas_view:twice"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("pandas")
                .hasMessageContaining("pandas_view");
    }

    @Test
    void aNewSnapshotIsSeenAtOnce() {
        assertThat(ask(Map.of("driver_id", ints(1003)), "driver_stats:trips")
                        .statuses()
                        .get(1))
                .containsExactly(FieldStatus.OUTSIDE_MAX_AGE);
        FeatureView forever = DRIVER_STATS.ttl(Duration.ZERO);
        RegistrySnapshot before = snapshot;
        snapshot = new RegistrySnapshot(
                before.project(),
                "2",
                before.entities(),
                Map.of("driver_stats", forever),
                before.services(),
                before.sources(),
                before.permissions(),
                before.preserved(),
                before.materialized(),
                before.extras());
        assertThat(ask(Map.of("driver_id", ints(1003)), "driver_stats:trips")
                        .statuses()
                        .get(1))
                .containsExactly(FieldStatus.PRESENT);
    }

    @Test
    void aViewThatIsNotOnlineIsRefused() {
        snapshot = Definitions.snapshot(DRIVER_STATS.online(false));
        assertThatThrownBy(() -> ask(Map.of("driver_id", ints(1001)), "driver_stats:trips"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("not configured to be served online");
    }

    private OnlineFeatures ask(Map<String, List<Value>> entities, String... references) {
        return retrieval.features(selection(references), entities, OnlineOptions.DEFAULT);
    }

    private static FeatureSelection selection(String... references) {
        return FeatureSelection.of(
                Arrays.stream(references).map(FeatureRef::parse).toArray(FeatureRef[]::new));
    }

    private static Projection projection(String view, String... features) {
        return new Projection(view, Optional.empty(), List.of(features), Map.of());
    }

    private static OnDemandFeatureView onDemand(String name, Transformation transformation) {
        return new OnDemandFeatureView(
                name,
                List.of(projection("driver_stats", "trips")),
                List.of(DataSource.Request.of("request", Field.of("bonus", ValueType.Scalar.INT64))),
                List.of(Field.of("twice", ValueType.Scalar.INT64)),
                transformation,
                About.NOTHING,
                Extras.NONE);
    }

    private static List<Value> ints(long... values) {
        return Arrays.stream(values).<Value>mapToObj(Value.Int::new).toList();
    }

    private static List<Value> texts(String... values) {
        return Arrays.stream(values).<Value>map(Value.Text::new).toList();
    }

    private static OnlineRow driver(long id, Instant time, Value... values) {
        return row(DRIVER_STATS, List.of(new Value.Int(id)), time, values);
    }

    private static OnlineRow row(FeatureView view, List<Value> key, Instant time, Value... values) {
        return new OnlineRow(new EntityKey(view.joinKeys(), key), List.of(values), time, Optional.empty());
    }

    /** Twice the trips and the bonus; null where there are no trips. */
    private static final class Doubled implements FeatureFunction {
        @Override
        public String name() {
            return "doubled";
        }

        @Override
        public Map<String, Value> apply(Map<String, Value> inputs) {
            Value twice =
                    inputs.get("trips") instanceof Value.Int trips && inputs.get("bonus") instanceof Value.Int bonus
                            ? new Value.Int(2 * trips.value() + bonus.value())
                            : Value.Null.NULL;
            return Map.of("twice", twice);
        }
    }
}
