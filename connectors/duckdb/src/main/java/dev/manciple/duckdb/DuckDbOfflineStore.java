package dev.manciple.duckdb;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.Spine;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.WriteReport;
import dev.manciple.sql.FieldMapping;
import dev.manciple.sql.NewestTimeFirst;
import dev.manciple.sql.PitStrategy;
import dev.manciple.sql.Relation;
import dev.manciple.sql.SqlOfflineStore;
import dev.manciple.sql.SqlSession;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Parquet and CSV files, and tables of a DuckDB database, joined in this process. */
final class DuckDbOfflineStore extends SqlOfflineStore {
    private final StoreContext context;
    private final DuckDb engine;
    private final Catalog catalog;
    private final Sinks sinks;

    DuckDbOfflineStore(DuckDbConfig config, StoreContext context) {
        this(config, context, new NewestTimeFirst());
    }

    DuckDbOfflineStore(DuckDbConfig config, StoreContext context, PitStrategy strategy) {
        super(DuckDb.NAME, new DuckDbDialect(), strategy, context.allocator());
        this.context = context;
        this.engine = new DuckDb(config, context.repoPath());
        this.catalog = new Catalog(
                engine, config.path().map(context.repoPath()::resolve).orElseGet(context::repoPath));
        this.sinks = new Sinks(engine, catalog, context.allocator());
    }

    @Override
    public Set<OfflineCapability> capabilities() {
        return EnumSet.allOf(OfflineCapability.class);
    }

    /** To number them itself, the engine would write them all twice, the second time with one thread. */
    @Override
    protected boolean numbersEntityRows() {
        return true;
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
        return catalog.entityFile((DuckDbSession) session, rows);
    }

    @Override
    protected OptionalLong pulledBytes(SqlSession session, PullRequest request) {
        return request.source().location() instanceof SourceLocation.Files files
                ? FileSource.find(files, catalog.folder()).bytes()
                : OptionalLong.empty();
    }

    @Override
    public void write(FeatureView view, ArrowReader rows) {
        DataSource.Batch source = written(view);
        sinks.append(source, FieldMapping.declaredTypes(view, source), rows);
    }

    @Override
    public void checkWrite(FeatureView view, Schema columns) {
        DataSource.Batch source = written(view);
        sinks.check(source, FieldMapping.declaredTypes(view, source), columns);
    }

    private static DataSource.Batch written(FeatureView view) {
        return view.batchSource()
                .orElseThrow(() -> new InvalidRequestException(
                        "Feature view '%s' has no batch source to write to".formatted(view.name())));
    }

    @Override
    public void writeLoggedFeatures(DataSource.Batch sink, ArrowReader logs) {
        sinks.appendOrCreate(sink, logs);
    }

    @Override
    protected WriteReport export(ArrowReader rows, SourceLocation target, boolean overwrite) {
        return sinks.create(rows, target, overwrite);
    }

    @Override
    public void close() {
        engine.close();
    }
}
