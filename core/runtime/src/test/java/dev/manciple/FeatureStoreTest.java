package dev.manciple;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.manciple.error.ConfigException;
import dev.manciple.error.ConflictException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.wire.proto.RegistryProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository on files, DuckDB and SQLite, from its definitions to online features. */
class FeatureStoreTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("2026-01-03T00:00:00Z");
    private static final Entity DRIVER = Entity.of("driver").joinKey("driver_id");
    private static final DataSource.Batch SOURCE =
            DataSource.Batch.files("data/trips.parquet").name("trips_source");
    private static final FeatureView TRIPS =
            FeatureView.of("trips").source(SOURCE).entities(DRIVER).ttl(Duration.ofDays(30));
    private static final FeatureService MODEL = FeatureService.of("model", TRIPS.projection());

    @TempDir
    private Path repository;

    @BeforeEach
    void writeRepository() throws IOException, SQLException {
        configure("shop", "sqlite");
        Files.createDirectory(repository.resolve("data"));
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    COPY (SELECT * FROM (VALUES
                        (1001::BIGINT, TIMESTAMP '2026-01-01 10:00:00', 3::INTEGER, 0.5::DOUBLE),
                        (1001, TIMESTAMP '2026-01-02 10:00:00', 4, 0.75),
                        (1002, TIMESTAMP '2026-01-02 11:00:00', 9, NULL)) rows(driver_id, ts, trips, rate))
                    TO '%s' (FORMAT parquet)""".formatted(repository.resolve("data/trips.parquet")));
        }
    }

    @Test
    void goesTheWholeWay() {
        try (FeatureStore store = FeatureStore.open(repository)) {
            store.apply(plan(store, DRIVER, TRIPS, MODEL));
            MaterializeReport report = store.materialize(START, END, List.of(), MaterializeListener.NONE);
            assertThat(report.failedViews()).isEmpty();
            assertThat(report.rowsByView()).containsEntry("trips", 2L);
            OnlineFeatures online = store.onlineFeatures(
                    new FeatureSelection.Service("model"),
                    Map.of("driver_id", List.of(new Value.Int(1001), new Value.Int(7))),
                    new OnlineOptions(false, true));
            assertThat(online.names()).containsExactly("driver_id", "trips", "rate");
            assertThat(online.values().get(1)).containsExactly(new Value.Int(4), Value.Null.NULL);
            assertThat(store.registry().materialized()).containsOnlyKeys("trips");
        }
    }

    @Test
    void computesWithTheRepositorysOwnFunctions() throws IOException {
        Files.writeString(repository.resolve("Doubled.java"), """
                import dev.manciple.spi.FeatureFunction;
                import dev.manciple.spi.Value;
                import java.util.Map;

                public class Doubled implements FeatureFunction {
                    public String name() {
                        return "doubled";
                    }

                    public Map<String, Value> apply(Map<String, Value> inputs) {
                        return Map.of("twice", new Value.Int(2 * ((Value.Int) inputs.get("trips")).value()));
                    }
                }
                """);
        OnDemandFeatureView doubled = new OnDemandFeatureView(
                "doubled",
                List.of(TRIPS.projection().select("trips")),
                List.of(),
                List.of(Field.of("twice", Scalar.INT64)),
                new Transformation.Java("doubled"),
                About.NOTHING,
                Extras.NONE);
        try (FeatureStore store = FeatureStore.open(repository)) {
            store.apply(plan(store, DRIVER, TRIPS.ttl(Duration.ZERO), doubled));
            store.materialize(START, END, List.of(), MaterializeListener.NONE);
            OnlineFeatures online = store.onlineFeatures(
                    FeatureSelection.of(FeatureRef.parse("doubled:twice")),
                    Map.of("driver_id", List.of(new Value.Int(1001))),
                    OnlineOptions.DEFAULT);
            assertThat(online.names()).containsExactly("driver_id", "twice");
            assertThat(online.values().get(1)).containsExactly(new Value.Int(8));
        }
    }

    @Test
    void joinsHistory() throws IOException {
        try (FeatureStore store = FeatureStore.open(repository);
                BufferAllocator allocator = new RootAllocator()) {
            store.apply(plan(store, DRIVER, TRIPS));
            FeatureSelection trips = FeatureSelection.of(FeatureRef.parse("trips:trips"));
            Spine.Range range = store.range(trips, START, END);
            int rows = 0;
            try (ArrowReader reader = store.historicalFeatures(range, trips, RetrievalOptions.DEFAULT)
                    .open(allocator)) {
                while (reader.loadNextBatch()) {
                    rows += reader.getVectorSchemaRoot().getRowCount();
                }
            }
            assertThat(rows).isEqualTo(3);
        }
    }

    @Test
    void planningChangesNothing() {
        try (FeatureStore store = FeatureStore.open(repository)) {
            ApplyPlan plan = plan(store, DRIVER, TRIPS, MODEL);
            assertThat(plan.diff())
                    .extracting(difference -> difference.kind().words() + " " + difference.name())
                    .containsExactly("entity driver", "feature view trips", "feature service model");
            assertThat(plan.infrastructure())
                    .singleElement()
                    .satisfies(change -> assertThat(change.action()).isEqualTo(InfraChange.Action.CREATE));
            assertThat(plan.deletesAnything()).isFalse();
            assertThat(store.registry().entities()).isEmpty();
        }
        assertThat(repository.resolve("data")).isDirectoryNotContaining("glob:**.db");
    }

    @Test
    void infersWhatIsLeftOpenAndFindsNothingToDoTwice() {
        try (FeatureStore store = FeatureStore.open(repository)) {
            RegistrySnapshot applied = store.apply(plan(store, DRIVER, TRIPS, MODEL));
            FeatureView view = (FeatureView) requireNonNull(applied.views().get("trips"));
            assertThat(view.features())
                    .containsExactly(Field.of("trips", Scalar.INT32), Field.of("rate", Scalar.DOUBLE));
            assertThat(view.entityColumns()).containsExactly(Field.of("driver_id", Scalar.INT64));
            assertThat(view.batchSource().orElseThrow().time().event()).isEqualTo("ts");
            assertThat(requireNonNull(applied.entities().get("driver")).type()).hasValue(Scalar.INT64);
            ApplyPlan again = plan(store, DRIVER, TRIPS, MODEL);
            assertThat(again.diff()).isEmpty();
            assertThat(again.changes()).isEmpty();
            assertThat(again.infrastructure()).isEmpty();
            assertThat(store.apply(again).version()).isEqualTo(applied.version());
        }
    }

    @Test
    void anInferredEntityTypeOutlivesItsViews() {
        try (FeatureStore store = FeatureStore.open(repository)) {
            store.apply(plan(store, DRIVER, TRIPS));
            ApplyPlan plan = plan(store, DRIVER);
            assertThat(plan.diff())
                    .extracting(difference -> difference.action() + " " + difference.name())
                    .containsExactly("DELETED trips_source", "DELETED trips");
            RegistrySnapshot applied = store.apply(plan);
            assertThat(requireNonNull(applied.entities().get("driver")).type()).hasValue(Scalar.INT64);
        }
    }

    @Test
    void takesWhatIsNotServedAnyMoreOutOfTheOnlineStore() {
        FeatureView second = FeatureView.of("second").source(SOURCE).entities(DRIVER);
        try (FeatureStore store = FeatureStore.open(repository)) {
            store.apply(plan(store, DRIVER, TRIPS, second));
            store.materialize(START, END, List.of(), MaterializeListener.NONE);
            ApplyPlan plan = plan(store, DRIVER, TRIPS.online(false));
            assertThat(plan.deletesAnything()).isTrue();
            assertThat(plan.views().drop()).extracting(FeatureView::name).containsExactlyInAnyOrder("trips", "second");
            assertThat(plan.infrastructure())
                    .extracting(InfraChange::action)
                    .containsExactly(InfraChange.Action.DROP, InfraChange.Action.DROP);
            RegistrySnapshot applied = store.apply(plan);
            assertThat(applied.views()).containsOnlyKeys("trips");
            assertThat(plan(store, DRIVER, TRIPS.online(false)).infrastructure())
                    .isEmpty();
        }
    }

    @Test
    void keepsWhatItServesWhereTheRegistryCannotBeWritten() throws IOException {
        try (FeatureStore store = FeatureStore.open(repository)) {
            store.apply(plan(store, DRIVER, TRIPS));
            store.materialize(START, END, List.of(), MaterializeListener.NONE);
            Path lock = repository.resolve("data/.registry.db.lock");
            Files.deleteIfExists(lock);
            Files.createDirectory(lock);
            assertThatThrownBy(() -> store.apply(plan(store, DRIVER))).isInstanceOf(StoreException.class);
            assertThat(store.registry().views()).containsOnlyKeys("trips");
            assertThat(store.onlineFeatures(
                                    FeatureSelection.of(FeatureRef.parse("trips:trips")),
                                    Map.of("driver_id", List.of(new Value.Int(1001))),
                                    new OnlineOptions(false, true))
                            .values()
                            .get(1))
                    .containsExactly(new Value.Int(4));
        }
    }

    @Test
    void refusesAPlanThatIsNotTrueAnyMore() {
        try (FeatureStore store = FeatureStore.open(repository);
                FeatureStore other = FeatureStore.open(repository)) {
            ApplyPlan plan = plan(store, DRIVER, TRIPS);
            other.apply(plan(other, DRIVER));
            assertThatThrownBy(() -> store.apply(plan))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("plan and apply again");
            assertThat(store.registry().views()).isEmpty();
            assertThat(plan(store, DRIVER, TRIPS).infrastructure())
                    .as("the online store was not touched")
                    .isNotEmpty();
        }
    }

    @Test
    void materializingBetweenPlanAndApplyIsNoConflict() {
        try (FeatureStore store = FeatureStore.open(repository)) {
            store.apply(plan(store, DRIVER, TRIPS));
            ApplyPlan plan = plan(store, DRIVER, TRIPS.ttl(Duration.ofDays(60)));
            store.materialize(START, END, List.of(), MaterializeListener.NONE);
            RegistrySnapshot applied = store.apply(plan);
            assertThat(((FeatureView) requireNonNull(applied.views().get("trips"))).ttl())
                    .isEqualTo(Duration.ofDays(60));
            assertThat(applied.materialized().get("trips")).hasSize(1);
        }
    }

    @Test
    void saysEverythingThatIsWrongAndChangesNothing() {
        FeatureView wrong = TRIPS.features(Field.of("rate", Scalar.STRING), Field.of("tips", Scalar.INT64));
        FeatureView gone = FeatureView.of("gone")
                .source(DataSource.Batch.files("data/gone.parquet"))
                .entities(List.of("diver"));
        try (FeatureStore store = FeatureStore.open(repository)) {
            assertThatThrownBy(() -> plan(store, DRIVER, wrong, gone))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContainingAll(
                            "definitions of project 'shop'",
                            "declares the feature 'rate' as STRING",
                            "has the feature 'tips'",
                            "data source 'data/gone.parquet'",
                            "names the entity 'diver', which does not exist, did you mean 'driver'?");
        }
        assertThat(repository.resolve("data")).isDirectoryNotContaining("glob:**.db");
    }

    @Test
    void aRegistryThatCannotBeWrittenKeepsItsState() throws IOException {
        try (FeatureStore store = FeatureStore.open(repository)) {
            store.apply(plan(store, DRIVER));
            RegistrySnapshot before = store.registry();
            Path lock = repository.resolve("data/.registry.db.lock");
            Files.deleteIfExists(lock);
            Files.createDirectory(lock);
            assertThatThrownBy(() -> store.apply(plan(store, DRIVER, TRIPS)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("registry.db");
            assertThat(store.registry()).isEqualTo(before);
        }
    }

    @Test
    void anOnlineStoreThatCannotBeMadeLeavesTheRegistryAlone() throws IOException {
        try (FeatureStore store = FeatureStore.open(repository)) {
            ApplyPlan plan = plan(store, DRIVER, TRIPS);
            Files.createDirectory(repository.resolve("data/online_store.db"));
            assertThatThrownBy(() -> store.apply(plan)).isInstanceOf(StoreException.class);
            assertThat(store.registry().views()).isEmpty();
        }
    }

    @Test
    void teardownRemovesThisProjectOnly() throws IOException {
        try (FeatureStore shop = FeatureStore.open(repository)) {
            shop.apply(plan(shop, DRIVER, TRIPS));
            shop.materialize(START, END, List.of(), MaterializeListener.NONE);
            configure("bank", "sqlite");
            try (FeatureStore bank = FeatureStore.open(repository)) {
                bank.apply(plan(bank, DRIVER, TRIPS));
                shop.teardown();
                assertThat(shop.registry().views()).isEmpty();
                assertThat(bank.registry().views()).containsOnlyKeys("trips");
                assertThat(plan(bank, DRIVER, TRIPS).infrastructure()).isEmpty();
                assertThat(plan(shop, DRIVER, TRIPS).infrastructure()).hasSize(1);
            }
        }
    }

    @Test
    void doesNotTearDownAProtectedProject() throws IOException {
        Path file = repository.resolve("data/registry.db");
        try (FeatureStore store = FeatureStore.open(repository)) {
            store.apply(plan(store, DRIVER, TRIPS));
            protect(file);
            assertThatThrownBy(store::teardown)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'shop' is protected");
            assertThat(store.registry().views()).containsOnlyKeys("trips");
        }
    }

    private static void protect(Path file) throws IOException {
        RegistryProto.Registry.Builder registry = registry(file).toBuilder().setVersionId("protected");
        registry.getProjectsBuilder(0).getSpecBuilder().putTags("feast.dev/protected-project", "true");
        Files.write(file, registry.build().toByteArray());
    }

    private static RegistryProto.Registry registry(Path file) throws IOException {
        try {
            return RegistryProto.Registry.parseFrom(Files.readAllBytes(file));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void worksWithoutAnOnlineStoreExceptForWhatNeedsOne() throws IOException {
        configure("shop", "null");
        try (FeatureStore store = FeatureStore.open(repository)) {
            ApplyPlan plan = plan(store, DRIVER, TRIPS);
            assertThat(plan.infrastructure()).isEmpty();
            store.apply(plan);
            assertThatThrownBy(() -> store.onlineFeatures(
                            FeatureSelection.of(FeatureRef.parse("trips:rate")),
                            Map.of("driver_id", List.of(new Value.Int(1001))),
                            OnlineOptions.DEFAULT))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("without online store");
            assertThat(store.materialize(START, END, List.of(), MaterializeListener.NONE)
                            .failedViews())
                    .containsOnlyKeys("trips");
            assertThat(store.registry().materialized()).isEmpty();
            store.teardown();
        }
    }

    @Test
    void refusesAConfigurationThatIsWrong() throws IOException {
        Files.writeString(
                repository.resolve("feature_store.yaml"),
                "project: shop\nregistry: {path: 's3://bucket/registry.db'}\nonline_store: {type: sqlight}\n");
        assertThatThrownBy(() -> FeatureStore.open(repository))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("feature_store.yaml", "s3://bucket/registry.db", "sqlight");
    }

    @Test
    void saysWhichFlagTheJvmLacks() {
        assertThatThrownBy(() -> JvmFlags.check(false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--add-opens=java.base/java.nio=ALL-UNNAMED");
        assertThatCode(JvmFlags::check).doesNotThrowAnyException();
    }

    private static ApplyPlan plan(FeatureStore store, Definition... definitions) {
        return store.plan(List.of(definitions), PlanOptions.DEFAULT);
    }

    private void configure(String project, String onlineStore) throws IOException {
        Files.writeString(repository.resolve("feature_store.yaml"), """
                project: %s
                registry: data/registry.db
                provider: local
                online_store: %s
                offline_store:
                    type: file
                entity_key_serialization_version: 3
                """.formatted(
                        project, onlineStore.equals("null") ? "null" : "{type: sqlite, path: data/online_store.db}"));
    }
}
