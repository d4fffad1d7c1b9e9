package dev.manciple.duckdb;

import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** Files, and tables of a DuckDB database, as an offline store. */
public final class DuckDbPlugin implements Plugin {
    @Override
    public List<OfflineStoreFactory<?>> offlineStores() {
        return List.of(new DuckDbOfflineStoreFactory());
    }
}
