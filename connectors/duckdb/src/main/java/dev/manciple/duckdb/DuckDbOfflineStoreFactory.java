package dev.manciple.duckdb;

import dev.manciple.spi.Maturity;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes DuckDB stores, also for the names of Feast's two stores over files. */
final class DuckDbOfflineStoreFactory implements OfflineStoreFactory<DuckDbConfig> {
    @Override
    public String type() {
        return "duckdb";
    }

    @Override
    public Set<String> aliases() {
        return Set.of(
                "file",
                "dask",
                "feast.infra.offline_stores.duckdb.DuckDBOfflineStore",
                "feast.infra.offline_stores.dask.DaskOfflineStore");
    }

    @Override
    public Class<DuckDbConfig> configType() {
        return DuckDbConfig.class;
    }

    @Override
    public Maturity maturity() {
        return Maturity.STABLE;
    }

    @Override
    public OfflineStore create(DuckDbConfig config, StoreContext context) {
        return new DuckDbOfflineStore(config, context);
    }
}
