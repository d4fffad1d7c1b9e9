package com.example.rowfiles;

import dev.manciple.spi.config.Default;
import java.nio.file.Path;

/**
 * The keys of the store in {@code feature_store.yaml}.
 *
 * @param root where the folders of views start; itself relative to the repository
 */
public record RowFilesOnlineStoreConfig(@Default("rows") Path root) {}
