package dev.manciple.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.plugin.stores.GreetingOnlineStoreFactory;
import dev.manciple.plugin.stores.NamedOnlineStore;
import dev.manciple.plugin.stores.NamedOnlineStoreConfig;
import dev.manciple.plugin.stores.NotAStore;
import dev.manciple.plugin.stores.OtherOnlineStore;
import dev.manciple.spi.Maturity;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTypesTest {
    /** Offers one online store under a name and an alias. */
    private record Offering(String type, String alias) implements Plugin {
        @Override
        public List<OnlineStoreFactory<?>> onlineStores() {
            return List.of(new GreetingOnlineStoreFactory() {
                @Override
                public String type() {
                    return type;
                }

                @Override
                public Set<String> aliases() {
                    return Set.of(alias);
                }
            });
        }
    }

    private static final Plugin SQLITE = new Offering("sqlite", "sqlite3");

    private static StoreTypes types(Plugin... plugins) {
        return new StoreTypes(Plugins.of(StoreTypesTest.class.getClassLoader(), List.of(plugins)));
    }

    @Test
    void shortNamesAliasesAndPythonClassesMeanTheSame() {
        StoreTypes types = types(SQLITE);

        assertThat(types.onlineStore("w", "sqlite").type()).isEqualTo("sqlite");
        assertThat(types.onlineStore("w", "sqlite3").type()).isEqualTo("sqlite");
        assertThat(types.onlineStore("w", "feast.infra.online_stores.sqlite.SqliteOnlineStore")
                        .type())
                .isEqualTo("sqlite");
    }

    @Test
    void anUnknownNameListsTheKnownOnesAndTheNearest() {
        assertThatThrownBy(() -> types(SQLITE, new Offering("memory", "m")).onlineStore("f: online_store", "sqllite"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "f: online_store: type 'sqllite' is no online store known here, did you mean 'sqlite'? Known: memory, sqlite.");
        assertThatThrownBy(() -> types().offlineStore("f: offline_store", "nonsense"))
                .hasMessage("f: offline_store: type 'nonsense' is no offline store known here. Known: none.");
    }

    @Test
    void whatNeedsNoPlugInIsKnownToo() {
        assertThatThrownBy(() -> types().engine("f: batch_engine", "spark"))
                .hasMessage("f: batch_engine: type 'spark' is no materialization engine known here. Known: local.");
    }

    @Test
    void feastsStoresWithoutTheirConnectorSayWhichIsMissing() {
        assertThatThrownBy(() -> types(SQLITE).onlineStore("w", "feast.infra.online_stores.redis.RedisOnlineStore"))
                .hasMessage(
                        "w: 'redis' needs a connector that is not installed: add manciple-redis to the class path, or its jars to plugin/redis of the distribution. Known: sqlite.");
        assertThatThrownBy(() -> types(SQLITE).onlineStore("w", "hazelcast"))
                .hasMessage("w: Manciple has no connector for Feast's 'hazelcast'. Known: sqlite.");
        assertThatThrownBy(() -> types().offlineStore("w", "snowflake.offline"))
                .hasMessage(
                        "w: 'snowflake.offline' needs a connector that is not installed: add manciple-snowflake to the class path, or its jars to plugin/snowflake of the distribution. Known: none.");
    }

    @Test
    void twoProvidersOfOneNameAreNamed() {
        assertThatThrownBy(() -> types(SQLITE, SQLITE).onlineStore("w", "sqlite"))
                .hasMessageMatching(
                        "w: type 'sqlite' is offered by \\S+Offering \\(.*test-classes/\\) and \\S+Offering \\(.*test-classes/\\): remove one of the two");
    }

    @Test
    void namesOfFeastsPagesMeanTheStoreToo() {
        assertThatThrownBy(() -> types().offlineStore("w", "snowflake"))
                .hasMessageStartingWith("w: 'snowflake.offline' needs a connector that is not installed");
        assertThatThrownBy(() -> types().onlineStore("w", "snowflake"))
                .hasMessageStartingWith("w: Manciple has no connector for Feast's 'snowflake.online'.");
        assertThatThrownBy(() -> types().offlineStore("w", "hybrid_offline_store.HybridOfflineStore"))
                .hasMessageStartingWith("w: 'hybrid' needs a connector that is not installed");
        assertThatThrownBy(() -> types().registry("w", "sql"))
                .hasMessageStartingWith("w: Manciple has no connector for Feast's 'sql'.");
    }

    @Test
    void aFactoryIsFoundByItsClass() {
        Plugin plugin = offering(new GreetingOnlineStoreFactory());

        assertThat(types(plugin).onlineStore("w", GreetingOnlineStoreFactory.class.getName()))
                .isInstanceOf(GreetingOnlineStoreFactory.class);
    }

    @Test
    void aStoreIsFoundByItsClassAndMadeWithItsConfig(@TempDir Path root) {
        List<NamedOnlineStore> made = new ArrayList<>();
        Stores stores = new Stores(types(offering(OnlineStoreFactory.of(
                NamedOnlineStore.class, NamedOnlineStoreConfig.class, Maturity.STABLE, (config, context) -> {
                    made.add(new NamedOnlineStore(config, context));
                    return made.getLast();
                }))));
        try (BufferAllocator allocator = new RootAllocator()) {
            StoreContext context = LocalStoreContext.of("demo", root, allocator, stores);
            StoreConfig config = new StoreConfig(NamedOnlineStore.class.getName(), Map.of("greeting", "hello"));
            try (OnlineStore store = stores.onlineStore("w", config, context);
                    OnlineStore child = context.onlineStore(config)) {
                assertThat(store.capabilities()).isEqualTo(child.capabilities());
            }
        }
        assertThat(made).hasSize(2).allSatisfy(named -> {
            assertThat(named.config().greeting()).isEqualTo("hello");
            assertThat(named.context().project()).isEqualTo("demo");
        });
        assertThatThrownBy(() -> stores.checkOnlineStore(
                        "f: online_store",
                        new StoreConfig(NamedOnlineStore.class.getName(), Map.of("greeting", "hi", "greting", "x"))))
                .hasMessage(
                        "f: online_store (type: dev.manciple.plugin.stores.NamedOnlineStore): greting unknown key, did you mean 'greeting'?");
    }

    @Test
    void aClassNobodyOffersIsNeverLoaded() {
        assertThatThrownBy(() -> types(SQLITE).onlineStore("w", NotAStore.class.getName()))
                .hasMessage(
                        "w: no plug-in offers the online store 'dev.manciple.plugin.stores.NotAStore': its jar must name a Plugin that does, and be on the class path or in a folder of plugin/. Known: sqlite.");
        assertThat(System.getProperty("manciple.test.initialized")).isNull();
    }

    @Test
    void aStoreClassThatDoesNotFollowTheConventionIsTold() {
        assertThatThrownBy(() -> OnlineStoreFactory.of(
                        OtherOnlineStore.class,
                        NamedOnlineStoreConfig.class,
                        Maturity.BETA,
                        (config, context) -> new OtherOnlineStore(config.greeting())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The config record of store class dev.manciple.plugin.stores.OtherOnlineStore must be called OtherOnlineStoreConfig, not NamedOnlineStoreConfig");
    }

    private static Plugin offering(OnlineStoreFactory<?> factory) {
        return new Plugin() {
            @Override
            public List<OnlineStoreFactory<?>> onlineStores() {
                return List.of(factory);
            }
        };
    }

    @Test
    void aPluginThatDoesNotLoadHidesNoOtherAndIsTold(@TempDir Path folder) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(Plugin.class.getName()),
                "com.example.Missing\n" + WorkingPlugin.class.getName() + "\n");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, StoreTypesTest.class.getClassLoader())) {
            Plugins plugins = Plugins.load(loader, List.of(SQLITE));

            assertThat(plugins.all())
                    .hasAtLeastOneElementOfType(WorkingPlugin.class)
                    .contains(SQLITE);
            assertThat(plugins.failures())
                    .containsExactly(
                            "A plug-in could not be loaded: dev.manciple.spi.Plugin: Provider com.example.Missing not found");
            assertThatThrownBy(() -> new StoreTypes(plugins).onlineStore("w", "wanted"))
                    .hasMessageEndingWith(
                            "A plug-in could not be loaded: dev.manciple.spi.Plugin: Provider com.example.Missing not found");
        }
    }

    /** Loads. */
    public static final class WorkingPlugin implements Plugin {}
}
