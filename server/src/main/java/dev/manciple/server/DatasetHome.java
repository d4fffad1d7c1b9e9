package dev.manciple.server;

import dev.manciple.FeatureStore;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * What a registry server makes datasets with, and where it keeps them.
 *
 * @param project of the feature store
 * @param repository the folder whose files datasets are made of and kept in; relative paths start there
 * @param store asked when the first caller needs it, from any thread; lent, and closed by whoever opened it after the server
 */
public record DatasetHome(String project, Path repository, Supplier<FeatureStore> store) {}
