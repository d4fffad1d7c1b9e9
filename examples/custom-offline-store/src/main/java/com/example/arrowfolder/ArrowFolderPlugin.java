package com.example.arrowfolder;

import dev.manciple.spi.Maturity;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.Plugin;
import dev.manciple.spi.SourceType;
import java.util.List;

/** What this jar contributes. {@code META-INF/services/dev.manciple.spi.Plugin} names it. */
public final class ArrowFolderPlugin implements Plugin {
    @Override
    public List<OfflineStoreFactory<?>> offlineStores() {
        return List.of(OfflineStoreFactory.of(
                ArrowFolderOfflineStore.class,
                ArrowFolderOfflineStoreConfig.class,
                Maturity.ALPHA,
                ArrowFolderOfflineStore::new));
    }

    @Override
    public List<SourceType<?>> sourceTypes() {
        return List.of(new ArrowFolderSource());
    }
}
