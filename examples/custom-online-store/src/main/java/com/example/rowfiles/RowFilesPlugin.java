package com.example.rowfiles;

import dev.manciple.spi.Maturity;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** What this jar contributes. {@code META-INF/services/dev.manciple.spi.Plugin} names it. */
public final class RowFilesPlugin implements Plugin {
    @Override
    public List<OnlineStoreFactory<?>> onlineStores() {
        return List.of(OnlineStoreFactory.of(
                RowFilesOnlineStore.class, RowFilesOnlineStoreConfig.class, Maturity.ALPHA, RowFilesOnlineStore::new));
    }
}
