package dev.manciple.sqlite;

import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** Offers the online store in a SQLite file. */
public final class SqlitePlugin implements Plugin {
    @Override
    public List<OnlineStoreFactory<?>> onlineStores() {
        return List.of(new SqliteOnlineStoreFactory());
    }
}
