package dev.manciple.parity;

import dev.manciple.FeatureStore;
import dev.manciple.PlanOptions;
import dev.manciple.plugin.Plugins;
import dev.manciple.repo.Definitions;
import dev.manciple.repo.RepoConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A feature repository in a folder, opened and applied as the command line does. */
final class TestRepository {
    private TestRepository() {}

    /** Writes the files, opens the store and applies the definitions; the caller closes the store. */
    static FeatureStore applied(Path folder, String config, String definitions) {
        try {
            Files.writeString(folder.resolve(RepoConfig.FILE_NAME), config);
            Files.writeString(folder.resolve("features.yaml"), definitions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        FeatureStore store = FeatureStore.open(folder);
        try {
            Plugins plugins = Plugins.load(TestRepository.class.getClassLoader(), List.of());
            Definitions found = Definitions.load(folder, RepoConfig.load(folder), plugins);
            store.apply(store.plan(found.all(), PlanOptions.DEFAULT));
            return store;
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
    }
}
