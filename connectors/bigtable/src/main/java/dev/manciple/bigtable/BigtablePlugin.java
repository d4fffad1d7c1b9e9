package dev.manciple.bigtable;

import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** Offers the online store in Bigtable. */
public final class BigtablePlugin implements Plugin {
    @Override
    public List<OnlineStoreFactory<?>> onlineStores() {
        return List.of(new BigtableOnlineStoreFactory());
    }
}
