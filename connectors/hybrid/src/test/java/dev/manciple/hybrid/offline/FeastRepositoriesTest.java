package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.repo.RepoConfig;
import dev.manciple.spi.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code feature_store.yaml} as people have it from Feast's pages, which Feast itself does not load in every case. */
class FeastRepositoriesTest {
    private final BufferAllocator allocator = new RootAllocator();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        allocator.close();
    }

    /** {@code spark_master} and {@code spark_app_name} are no options of Feast's store. */
    @Test
    void bigQueryAndSparkBesideFiles() throws IOException {
        StoreConfig store = offlineStore("""
                project: shop
                registry: data/registry.db
                provider: local
                offline_store:
                  type: hybrid_offline_store.HybridOfflineStore
                  offline_stores:
                    - type: file
                      conf:
                        path: data/features
                    - type: spark
                      conf:
                        spark_master: local[*]
                        spark_app_name: features
                    - type: bigquery
                      conf:
                        project_id: shop-1
                        dataset: features
                online_store:
                  type: sqlite
                  path: data/online.db
                entity_key_serialization_version: 3
                """);
        assertThat(store.type()).isEqualTo("hybrid_offline_store.HybridOfflineStore");
        assertThat(bound(store))
                .containsExactly(
                        new StoreConfig("file", Map.of("path", "data/features")),
                        new StoreConfig("spark", Map.of("spark_master", "local[*]", "spark_app_name", "features")),
                        new StoreConfig("bigquery", Map.of("project_id", "shop-1", "dataset", "features")));
        refused(store, "manciple-spark", "spark_master");
    }

    /** {@code snowflake} is no type of Feast's. */
    @Test
    void snowflakeAndRedshiftWithoutARole() throws IOException {
        StoreConfig store = offlineStore("""
                project: shop
                registry: data/registry.db
                provider: aws
                offline_store:
                  type: hybrid
                  offline_stores:
                    - type: redshift
                      conf:
                        cluster_id: features
                        region: eu-west-1
                        database: features
                        user: shop
                        s3_staging_location: s3://shop/staging
                    - type: snowflake
                      conf:
                        account: shop
                        user: ${SNOWFLAKE_USER}
                        password: ${SNOWFLAKE_PASSWORD}
                        warehouse: features
                        database: features
                """);
        assertThat(bound(store)).extracting(StoreConfig::type).containsExactly("redshift", "snowflake");
        assertThat(bound(store).getLast().options()).containsEntry("user", "me").containsEntry("password", "secret");
        refused(store, "manciple-redshift", "iam_role");
    }

    /** Feast wants a {@code conf} of every store, which not every example has. */
    @Test
    void storesWithOptionsBesideTheTypeOrWithoutAny() throws IOException {
        StoreConfig store = offlineStore("""
                project: shop
                registry: data/registry.db
                provider: local
                offline_store:
                  type: feast.infra.offline_stores.hybrid_offline_store.HybridOfflineStore
                  offline_stores:
                    - type: dask
                    - type: snowflake
                      account: shop
                      warehouse: features
                """);
        assertThat(bound(store))
                .containsExactly(
                        new StoreConfig("dask", Map.of()),
                        new StoreConfig("snowflake", Map.of("account", "shop", "warehouse", "features")));
        refused(store, "manciple-snowflake", "warehouse");
    }

    private StoreConfig offlineStore(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("feature_store.yaml"), yaml);
        return RepoConfig.load(folder, file, Map.of("SNOWFLAKE_USER", "me", "SNOWFLAKE_PASSWORD", "secret"))
                .offlineStore();
    }

    private static List<StoreConfig> bound(StoreConfig store) {
        HybridOfflineConfig config = new ConfigBinder().bind("test", HybridOfflineConfig.class, store.options());
        return config.children().stream().map(child -> child.config()).toList();
    }

    /** By the connector it lacks, whatever the store's options are. */
    private void refused(StoreConfig store, String connector, String option) {
        assertThatThrownBy(() -> Contexts.stores().offlineStore("test", store, Contexts.of(folder, allocator)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(connector)
                .hasMessageNotContaining(option);
    }
}
