package dev.manciple.mysql;

import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** Offers the online store in MySQL. */
public final class MySqlPlugin implements Plugin {
    @Override
    public List<OnlineStoreFactory<?>> onlineStores() {
        return List.of(new MySqlOnlineStoreFactory());
    }
}
