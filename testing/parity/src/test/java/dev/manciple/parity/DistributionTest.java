package dev.manciple.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manciple.error.StoreException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.PluginFolder;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The connectors in the distribution's {@code plugin/}, loaded as the distribution loads them: each from its own jars alone.
 * Their servers do not answer; the driver that says so is there, whole. Needs the packaged distribution, as {@code verify}
 * makes it.
 */
class DistributionTest {
    private static final FeatureView VIEW = FeatureView.of("stats")
            .source(DataSource.Batch.files("stats.parquet").eventTime("t"))
            .entities(List.of("driver"))
            .entityColumns(List.of(Field.of("driver", ValueType.Scalar.INT64)))
            .features(Field.of("trips", ValueType.Scalar.INT64));

    /** What uses the store of each folder against a port nobody listens on. */
    private final Map<String, Consumer<LocalStoreContext>> uses = new TreeMap<>(Map.of(
            "bigtable",
                    context -> read(
                            context,
                            "bigtable",
                            Map.of(
                                    "project_id",
                                    "p",
                                    "instance",
                                    "i",
                                    "emulator",
                                    "127.0.0.1:1",
                                    "request_timeout",
                                    2)),
            "cassandra", context -> read(context, "cassandra", Map.of("hosts", List.of("127.0.0.1"), "port", 1)),
            "dynamodb",
                    context -> read(
                            context,
                            "dynamodb",
                            Map.of(
                                    "region", "eu-west-1",
                                    "endpoint_url", "http://127.0.0.1:1",
                                    "access_key_id", "id",
                                    "secret_access_key", "key",
                                    "total_max_retry_attempts", 1)),
            "mysql", context -> read(context, "mysql", Map.of("port", 1)),
            "postgres",
                    context -> describe(
                            context,
                            "postgres",
                            Map.of(
                                    "host", "127.0.0.1",
                                    "port", 1,
                                    "database", "d",
                                    "user", "u",
                                    "password", "p",
                                    "sslmode", "disable")),
            "redis", context -> read(context, "redis", Map.of("connection_string", "127.0.0.1:1")),
            "remote",
                    context -> {
                        assertThatThrownBy(() -> describe(
                                        context,
                                        DataSource.Batch.files("t.parquet"),
                                        "remote",
                                        Map.of("host", "127.0.0.1", "port", 1, "connection_retries", 0)))
                                .isInstanceOf(StoreException.class)
                                .satisfies(DistributionTest::isNoMatterOfClasses);
                        read(context, "remote", Map.of("path", "http://127.0.0.1:1", "connection_retries", 0));
                    }));

    @TempDir
    private Path repository;

    private Path folder = Path.of("");

    @BeforeEach
    void findTheDistribution() {
        folder = Path.of(System.getProperty("manciple.distribution", "")).resolve("plugin");
        boolean packaged = Files.isDirectory(folder);
        if ("true".equals(System.getenv("CI"))) {
            assertThat(packaged).as("%s is there in CI", folder).isTrue();
        }
        assumeTrue(packaged, () -> folder + " is absent: package the command line first");
    }

    @Test
    void everyFolderIsTested() throws IOException {
        try (Stream<Path> folders = Files.list(folder)) {
            assertThat(folders.map(each -> String.valueOf(each.getFileName())))
                    .containsExactlyInAnyOrderElementsOf(uses.keySet());
        }
    }

    @Test
    void aConnectorNeedsNothingButItsOwnJars() {
        uses.forEach((name, use) -> {
            Plugins plugins = Plugins.load(
                    ClassLoader.getPlatformClassLoader(), List.of(), Optional.of(new PluginFolder(folder)));
            try (BufferAllocator allocator = new RootAllocator()) {
                Stores stores = new Stores(new StoreTypes(plugins));
                assertThatThrownBy(() -> use.accept(LocalStoreContext.of("demo", repository, allocator, stores)))
                        .as(name)
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("127.0.0.1")
                        .satisfies(DistributionTest::isNoMatterOfClasses);
            }
            assertThat(plugins.failures()).as(name).isEmpty();
            assertThat(plugins.loaded())
                    .as("the plug-ins that were opened for %s", name)
                    .singleElement()
                    .satisfies(plugin -> assertThat(
                                    plugin.getClass().getClassLoader().getName())
                            .isEqualTo("plugin/" + name));
        });
    }

    private static void isNoMatterOfClasses(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(cause).isNotInstanceOfAny(LinkageError.class, ClassNotFoundException.class);
        }
    }

    private static void read(LocalStoreContext context, String type, Map<String, Object> options) {
        try (OnlineStore store = context.onlineStore(new StoreConfig(type, options))) {
            EntityKey key = new EntityKey(List.of("driver"), List.of(new Value.Int(1)));
            store.read(List.of(new OnlineRead(VIEW, List.of(key), VIEW.features())));
        }
    }

    private static void describe(LocalStoreContext context, String type, Map<String, Object> options) {
        DataSource.Batch table = new DataSource.Batch(
                "t", type, new SourceLocation.Table("t"), TimeColumns.INFERRED, Map.of(), About.NOTHING, Extras.NONE);
        describe(context, table, type, options);
    }

    private static void describe(
            LocalStoreContext context, DataSource.Batch source, String type, Map<String, Object> options) {
        try (OfflineStore store = context.offlineStore(new StoreConfig(type, options))) {
            store.describe(source);
        }
    }
}
