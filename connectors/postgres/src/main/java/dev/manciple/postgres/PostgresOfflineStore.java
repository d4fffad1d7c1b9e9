package dev.manciple.postgres;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.WriteReport;
import dev.manciple.sql.LateralLimit;
import dev.manciple.sql.Relation;
import dev.manciple.sql.Sql;
import dev.manciple.sql.SqlOfflineStore;
import dev.manciple.sql.SqlSession;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Tables and queries of one PostgreSQL database, joined in the server. */
final class PostgresOfflineStore extends SqlOfflineStore {
    private final Sessions sessions;
    private final Tables tables;
    private final Sinks sinks;

    PostgresOfflineStore(PostgresOfflineConfig config, StoreContext context) {
        this(new Postgres(config.address(), context.repoPath()), config, context);
    }

    private PostgresOfflineStore(Postgres server, PostgresOfflineConfig config, StoreContext context) {
        super(server.title(), new PostgresDialect(), new LateralLimit(), context.allocator());
        this.sessions = new Sessions(server, config);
        this.tables = new Tables(server.title());
        this.sinks = new Sinks(sessions, tables);
    }

    @Override
    public Set<OfflineCapability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(OfflineCapability.REMOTE_EXPORT));
    }

    @Override
    protected boolean numbersEntityRows() {
        return true;
    }

    @Override
    protected SqlSession openSession() {
        return sessions.open();
    }

    @Override
    protected Relation source(SqlSession session, DataSource.Batch source, Map<String, ValueType> declared) {
        return tables.relation(
                (PostgresSession) session, source.location(), "source '%s'".formatted(source.name()), declared);
    }

    @Override
    protected OptionalLong pulledBytes(SqlSession session, PullRequest request) {
        return new Sizes((PostgresSession) session, tables).pulled(request);
    }

    @Override
    protected Relation queried(SqlSession session, String title, Sql from) {
        return tables.queried((PostgresSession) session, title, from);
    }

    @Override
    public void write(FeatureView view, ArrowReader rows) {
        DataSource.Batch source = written(view);
        sinks.append(source, rows);
    }

    @Override
    public void checkWrite(FeatureView view, Schema columns) {
        DataSource.Batch source = written(view);
        sinks.check(source, columns);
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
    protected boolean exportsInside(SourceLocation target, Schema columns) {
        return columns.getFields().stream().allMatch(ColumnForms::isStoredAsCarried);
    }

    @Override
    protected WriteReport exportInside(
            SqlSession session, Sql query, Schema columns, SourceLocation target, boolean overwrite) {
        return sinks.create((PostgresSession) session, query, columns, target, overwrite);
    }

    @Override
    protected WriteReport export(ArrowReader rows, SourceLocation target, boolean overwrite) {
        return sinks.create(rows, target, overwrite);
    }

    @Override
    public void close() {
        sessions.close();
    }
}
