package dev.manciple.repo;

import dev.manciple.plugin.Plugins;
import dev.manciple.spi.FeatureFunction;
import dev.manciple.spi.Plugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A repository made of a few files. */
final class TestRepository {
    private final Path root;
    private Plugins plugins = Plugins.of(TestRepository.class.getClassLoader(), List.of());

    TestRepository(Path root) throws IOException {
        this.root = Files.createDirectories(root);
        with("feature_store.yaml", "project: p\nregistry: r.db\n");
    }

    TestRepository with(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        return this;
    }

    TestRepository with(Plugin plugin) {
        plugins = Plugins.of(plugins.loader(), List.of(plugin));
        return this;
    }

    List<FeatureFunction> functions() {
        return Definitions.functions(root, plugins);
    }

    Definitions load() {
        RepoConfig config = RepoConfig.load(root, root.resolve("feature_store.yaml"), Map.of());
        return Definitions.load(root, config, plugins);
    }
}
