package dev.manciple.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Plugin;
import dev.manciple.spi.StoreConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plug-ins as people drop them into {@code plugin/NAME/*.jar}: compiled here, unknown to the class path. */
class PluginFolderTest {
    /** One library class that two plug-ins bring in two versions, and a store that shows which one it sees. */
    private static final String LIBRARY = """
            package com.example.library;
            public final class Version {
                public static int number() { return NUMBER; }
            }
            """;

    private static final String STORE = """
            package com.example.NAME;
            import com.example.library.Version;
            import dev.manciple.model.FeatureView;
            import dev.manciple.spi.*;
            import java.util.*;
            public final class KeepingOnlineStore implements OnlineStore {
                private final KeepingOnlineStoreConfig config;
                public KeepingOnlineStore(KeepingOnlineStoreConfig config, StoreContext context) { this.config = config; }
                public Set<OnlineCapability> capabilities() {
                    return Version.number() == 1 ? Set.of(OnlineCapability.SCAN) : Set.of(OnlineCapability.NEWEST_WINS);
                }
                public List<OnlineResult> read(List<OnlineRead> reads) {
                    throw new IllegalStateException(config.greeting() + " " + Thread.currentThread().getContextClassLoader().getName());
                }
                public void write(FeatureView view, List<OnlineRow> rows) {}
                public List<InfraChange> plan(ViewChanges changes) { return List.of(); }
                public void update(ViewChanges changes) {}
                public void teardown(List<FeatureView> views) {}
                public void close() {}
            }
            """;

    private static final String CONFIG =
            "package com.example.NAME; public record KeepingOnlineStoreConfig(String greeting) {}";

    private static final String PLUGIN = """
            package com.example.NAME;
            import dev.manciple.spi.*;
            import java.util.List;
            public final class KeepingPlugin implements Plugin {
                public List<OnlineStoreFactory<?>> onlineStores() {
                    return List.of(OnlineStoreFactory.of(
                        KeepingOnlineStore.class, KeepingOnlineStoreConfig.class, Maturity.ALPHA, KeepingOnlineStore::new));
                }
            }
            """;

    @TempDir
    private Path root;

    private Path folder = Path.of("");

    @BeforeEach
    void build() throws IOException {
        folder = Files.createDirectory(root.resolve("plugin"));
        plugin("one", 1);
        plugin("two", 2);
    }

    private void plugin(String name, int version) throws IOException {
        Path sources = Files.createDirectories(root.resolve("sources-" + name));
        Path classes = Files.createDirectories(root.resolve("classes-" + name));
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve(Plugin.class.getName()), "com.example.%s.KeepingPlugin\n".formatted(name));
        Map<String, String> texts = Map.of(
                "Version", LIBRARY.replace("NUMBER", String.valueOf(version)),
                "KeepingOnlineStore", STORE.replace("NAME", name),
                "KeepingOnlineStoreConfig", CONFIG.replace("NAME", name),
                "KeepingPlugin", PLUGIN.replace("NAME", name));
        String[] files = texts.entrySet().stream()
                .map(text -> write(sources.resolve(text.getKey() + ".java"), text.getValue()))
                .toArray(String[]::new);
        String[] arguments = Stream.concat(
                        Stream.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        Stream.of(files))
                .toArray(String[]::new);
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments))
                .isZero();
        jar(classes, Files.createDirectory(folder.resolve(name)).resolve("keeping.jar"));
    }

    private static String write(Path file, String text) {
        try {
            return Files.writeString(file, text).toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void jar(Path classes, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
    }

    private Plugins plugins() {
        return Plugins.load(getClass().getClassLoader(), List.of(), Optional.of(new PluginFolder(folder)));
    }

    private OnlineStore open(Stores stores, String type, BufferAllocator allocator) {
        return stores.onlineStore(
                "online_store",
                new StoreConfig(type, Map.of("greeting", "hello")),
                LocalStoreContext.of("demo", root, allocator, stores));
    }

    @Test
    void eachSeesItsOwnLibraries() {
        Stores stores = new Stores(new StoreTypes(plugins()));
        try (BufferAllocator allocator = new RootAllocator();
                OnlineStore one = open(stores, "com.example.one.KeepingOnlineStore", allocator);
                OnlineStore two = open(stores, "com.example.two.KeepingOnlineStore", allocator)) {
            assertThat(one.capabilities()).containsExactly(OnlineCapability.SCAN);
            assertThat(two.capabilities()).containsExactly(OnlineCapability.NEWEST_WINS);
        }
    }

    @Test
    void areOpenedOnlyWhenNeeded() throws IOException {
        Files.writeString(folder.resolve("one").resolve("keeping.jar"), "no jar");
        Plugins plugins = plugins();
        plugins.load("two");

        assertThat(new StoreTypes(plugins)
                        .onlineStore("w", "com.example.two.KeepingOnlineStore")
                        .type())
                .isEqualTo("com.example.two.KeepingOnlineStore");
        assertThat(plugins.loaded())
                .extracting(plugin -> plugin.getClass().getName())
                .contains("com.example.two.KeepingPlugin")
                .doesNotContain("com.example.one.KeepingPlugin");
    }

    @Test
    void workWithTheirOwnClassLoaderAsTheThreads() {
        Stores stores = new Stores(new StoreTypes(plugins()));
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (BufferAllocator allocator = new RootAllocator();
                OnlineStore one = open(stores, "com.example.one.KeepingOnlineStore", allocator)) {
            assertThatThrownBy(() -> one.read(List.of()))
                    .hasMessage(
                            "online store 'com.example.one.KeepingOnlineStore' failed while trying to read online features: hello plugin/one");
        }
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void mayBeMissing() {
        Plugins plugins = Plugins.load(
                getClass().getClassLoader(), List.of(), Optional.of(new PluginFolder(root.resolve("nowhere"))));

        assertThatThrownBy(() -> new StoreTypes(plugins).onlineStore("w", "com.example.one.KeepingOnlineStore"))
                .hasMessageStartingWith("w: no plug-in offers the online store 'com.example.one.KeepingOnlineStore'");
    }
}
