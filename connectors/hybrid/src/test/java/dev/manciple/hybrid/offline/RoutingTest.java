package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.duckdb.LocalEngine;
import dev.manciple.error.ConfigException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineReview;
import dev.manciple.spi.Spine;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.tck.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingTest {
    private static final Map<String, Object> LAKE = Map.of("type", "duckdb", "name", "lake");
    private static final Map<String, Object> BARN = Map.of("type", "file", "name", "barn");

    private final BufferAllocator allocator = new RootAllocator();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        allocator.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hybrid",
                "hybrid_offline_store.HybridOfflineStore",
                "feast.infra.offline_stores.hybrid_offline_store.HybridOfflineStore"
            })
    void everyNameOfTheRouterBinds(String type) {
        StoreConfig config = new StoreConfig(type, Map.of("offline_stores", List.of(Map.of("type", "duckdb"))));
        Contexts.stores()
                .offlineStore("test", config, Contexts.of(folder, allocator))
                .close();
    }

    @Test
    void anUninstalledConnectorIsNamedAndNotItsKeys() {
        Map<String, Object> snowflake =
                Map.of("type", "snowflake.offline", "conf", Map.of("account", "a", "no_such_key", 1));
        assertThatThrownBy(() -> router(Map.of("offline_stores", List.of(LAKE, snowflake))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("manciple-snowflake")
                .hasMessageNotContaining("no_such_key");
    }

    /** As Feast's pages configure them. */
    @ParameterizedTest
    @CsvSource({
        "spark, spark_master, manciple-spark",
        "redshift, cluster_id, manciple-redshift",
        "snowflake, warehouse, manciple-snowflake",
        "bigquery, dataset, manciple-bigquery"
    })
    void theStoresOfFeastsPagesAreNamedWhereTheyAreNotInstalled(String type, String option, String connector) {
        Map<String, Object> child = Map.of("type", type, "conf", Map.of(option, "any"));
        assertThatThrownBy(() -> router(Map.of("offline_stores", List.of(LAKE, child))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(connector)
                .hasMessageNotContaining(option);
    }

    @Test
    void aStoreOfFilesMayStartRelativePathsOfSourcesElsewhere() throws IOException {
        Field score = Field.of("score", Scalar.INT64);
        Table rows = Table.of(List.of(score), List.of(List.of(new Value.Int(1))));
        try (LocalEngine engine = new LocalEngine(allocator);
                ArrowReader reader = rows.reader(allocator)) {
            engine.writeFile(reader, folder.resolve("data/rows.parquet"), "parquet", false);
        }
        Map<String, Object> file = Map.of("type", "file", "path", "data");
        try (HybridOfflineStore router = router(Map.of("offline_stores", List.of(file)))) {
            assertThat(router.describe(source("file", Map.of())).getFields())
                    .extracting(org.apache.arrow.vector.types.pojo.Field::getName)
                    .containsExactly("score");
        }
    }

    @Test
    void requestsAcrossStoresAreRefusedWhereConfigured() {
        Map<String, Object> options = Map.of("offline_stores", List.of(LAKE, BARN), "cross_engine", "refuse");
        try (HybridOfflineStore router = router(options)) {
            assertThatThrownBy(() -> router.historicalFeatures(acrossBoth(new Spine.Query("SELECT 1", "at"))))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("All feature views must have the same source type")
                    .hasMessageContaining("lake, barn");
        }
    }

    @Test
    void entityRowsAsTextAcrossStoresNeedAStoreThatRunsThem() {
        try (HybridOfflineStore router = router(Map.of("offline_stores", List.of(LAKE, BARN)))) {
            assertThatThrownBy(() -> router.historicalFeatures(acrossBoth(new Spine.Query("SELECT 1", "at"))))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("the views asked for lie in lake, barn")
                    .hasMessageContaining("name the store to run it with 'spine_store'");
        }
    }

    private static HistoricalRequest acrossBoth(Spine spine) {
        List<ViewSlice> slices = Stream.of("lake", "barn")
                .map(home -> view(home, source("file", Map.of("store", home))))
                .map(view -> new ViewSlice(view, view.name(), view.features(), Map.of()))
                .toList();
        return new HistoricalRequest(spine, slices, true, HistoricalRequest.Options.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({"file", "duckdb", "dask", "com.example.FileSource", "FILE"})
    void sourcesFindTheirStoreByType(String type) {
        try (HybridOfflineStore router = router(Map.of("offline_stores", List.of(LAKE)))) {
            assertThat(problems(router, view("v", source(type, Map.of())))).isEmpty();
        }
    }

    @Test
    void aMissingStoreIsToldInFeastsWords() {
        try (HybridOfflineStore router = router(Map.of("offline_stores", List.of(LAKE)))) {
            assertThat(problems(router, view("drivers", source("bigquery", Map.of()))))
                    .singleElement()
                    .asString()
                    .contains("feature view 'drivers'")
                    .contains(
                            "No offline store configuration found for source type 'bigquery'. Configured: lake (duckdb)");
        }
    }

    @Test
    void aTypeThatTwoStoresReadNeedsAName() {
        try (HybridOfflineStore router = router(Map.of("offline_stores", List.of(LAKE, BARN)))) {
            assertThat(problems(router, view("v", source("file", Map.of()))))
                    .singleElement()
                    .asString()
                    .contains("read by each of lake (duckdb), barn (file): say which with 'store'");
            assertThat(problems(router, view("v", source("file", Map.of("store", "barn")))))
                    .isEmpty();
        }
    }

    @Test
    void anUnknownNameIsToldWithTheKnownOnes() {
        try (HybridOfflineStore router = router(Map.of("offline_stores", List.of(LAKE)))) {
            assertThat(problems(router, view("v", source("file", Map.of("store", "sea")))))
                    .singleElement()
                    .asString()
                    .contains("No offline store named 'sea' (its tag 'store'). Configured: lake (duckdb)");
        }
    }

    @Test
    void theStoreBeatsTheRoutingTagAndTheTagTheType() {
        Map<String, Object> options = Map.of("offline_stores", List.of(LAKE, BARN), "routing_tag", "team");
        try (HybridOfflineStore router = router(options)) {
            assertThat(owner(router, Map.of("team", "barn"))).isEqualTo("barn");
            assertThat(owner(router, Map.of("team", "barn", "store", "lake"))).isEqualTo("lake");
        }
    }

    @Test
    void aNameInsideARouterIsReachedThroughIt() {
        Map<String, Object> inner = Map.of("type", "hybrid", "name", "inner", "offline_stores", List.of(BARN));
        try (HybridOfflineStore router = router(Map.of("offline_stores", List.of(LAKE, inner)))) {
            assertThat(owner(router, Map.of("store", "barn"))).isEqualTo("inner");
        }
    }

    @Test
    void plansTellWhatStoresCanAndWhatMoves() {
        try (HybridOfflineStore router = router(Map.of("offline_stores", List.of(LAKE, BARN)))) {
            FeatureView a = view("a", source("file", Map.of("store", "lake")));
            FeatureView b = view("b", source("file", Map.of("store", "barn")));
            OfflineReview review =
                    router.review(List.of(a, b), List.of(FeatureService.of("both", a.projection(), b.projection())));
            assertThat(review.problems()).isEmpty();
            assertThat(review.notes())
                    .anySatisfy(
                            note -> assertThat(note).startsWith("Offline stores lake, barn together can QUERY_SPINE"))
                    .anySatisfy(
                            note -> assertThat(note)
                                    .startsWith("Feature service 'both' joins across lake, barn.")
                                    .contains(
                                            "keys and times of entity rows to lake, and 1 of its features back or its source rows"));
        }
    }

    @Test
    void servicesAcrossStoresAreRefusedWhereConfigured() {
        Map<String, Object> options = Map.of("offline_stores", List.of(LAKE, BARN), "cross_engine", "refuse");
        try (HybridOfflineStore router = router(options)) {
            FeatureView a = view("a", source("file", Map.of("store", "lake")));
            FeatureView b = view("b", source("file", Map.of("store", "barn")));
            OfflineReview review =
                    router.review(List.of(a, b), List.of(FeatureService.of("both", a.projection(), b.projection())));
            assertThat(review.problems())
                    .singleElement()
                    .asString()
                    .contains("feature service 'both'", "All feature views must have the same source type");
        }
    }

    private String owner(HybridOfflineStore router, Map<String, String> tags) {
        return router.owner(source("file", tags)).name();
    }

    private static List<String> problems(HybridOfflineStore router, FeatureView view) {
        return router.review(List.of(view), List.of()).problems();
    }

    private HybridOfflineStore router(Map<String, Object> options) {
        StoreContext context = Contexts.of(folder, allocator);
        return HybridOfflineStore.create(
                new ConfigBinder().bind("test", HybridOfflineConfig.class, new HashMap<>(options)), context);
    }

    private static FeatureView view(String name, DataSource.Batch source) {
        return FeatureView.of(name).source(source).features(Field.of("score", Scalar.INT64));
    }

    private static DataSource.Batch source(String type, Map<String, String> tags) {
        return new DataSource.Batch(
                "rows",
                type,
                new SourceLocation.Files("rows.parquet", ""),
                TimeColumns.INFERRED,
                Map.of(),
                About.NOTHING.tags(tags),
                Extras.NONE);
    }
}
