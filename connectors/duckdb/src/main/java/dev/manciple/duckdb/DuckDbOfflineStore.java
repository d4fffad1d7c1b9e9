package dev.manciple.duckdb;

import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.Spine;
import dev.manciple.spi.StoreContext;
import dev.manciple.sql.AsofJoin;
import dev.manciple.sql.Relation;
import dev.manciple.sql.SqlOfflineStore;
import dev.manciple.sql.SqlSession;
import dev.manciple.sql.Types;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Parquet and CSV files, and tables of a DuckDB database, joined in this process. */
final class DuckDbOfflineStore extends SqlOfflineStore {
    private final StoreContext context;
    private final DuckDb engine;
    private final Catalog catalog;

    DuckDbOfflineStore(DuckDbConfig config, StoreContext context) {
        super(DuckDb.NAME, new DuckDbDialect(), new AsofJoin(), context.allocator());
        this.context = context;
        this.engine = new DuckDb(config, context.repoPath());
        this.catalog = new Catalog(engine, context.repoPath());
    }

    @Override
    public Set<OfflineCapability> capabilities() {
        return EnumSet.of(
                OfflineCapability.QUERY_SPINE, OfflineCapability.RANGE_SPINE, OfflineCapability.FILTER_BY_CREATED);
    }

    @Override
    protected SqlSession openSession() {
        return engine.session(context.allocator());
    }

    @Override
    protected Relation source(SqlSession session, DataSource.Batch source, Map<String, ValueType> declared) {
        return catalog.relation(
                (DuckDbSession) session, source.location(), "source '%s'".formatted(source.name()), declared);
    }

    @Override
    protected Optional<Relation> entityFile(SqlSession session, Spine.Rows rows) {
        return rows.file()
                .map(file -> file.toAbsolutePath())
                .filter(file ->
                        FileSource.Format.PARQUET.owns(file.toString()) || FileSource.Format.CSV.owns(file.toString()))
                .map(file -> catalog.relation(
                        (DuckDbSession) session,
                        new SourceLocation.Files(file.toString(), ""),
                        "the entity rows",
                        Map.of()))
                .filter(file -> Types.same(Types.schema(file), rows.schema()));
    }

    @Override
    public void close() {
        engine.close();
    }
}
