package com.example.arrowfolder;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.nio.file.Path;

/**
 * The keys of the store in {@code feature_store.yaml}.
 *
 * @param root where the folders of sources start; itself relative to the repository
 * @param batchSize rows per batch of a result
 */
public record ArrowFolderOfflineStoreConfig(
        @Default(".") Path root, @Default("8192") int batchSize) {
    public ArrowFolderOfflineStoreConfig {
        Check.that(batchSize > 0, "batch_size", "must be positive, was %s", batchSize);
    }
}
