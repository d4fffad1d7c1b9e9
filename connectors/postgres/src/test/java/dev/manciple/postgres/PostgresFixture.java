package dev.manciple.postgres;

import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.sql.LateralLimit;
import dev.manciple.sql.PitStrategy;
import dev.manciple.tck.OfflineFixture;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowReader;

/** Sources are tables of a schema of the fixture's own. Also for tests of other modules. */
public final class PostgresFixture implements OfflineFixture {
    private final TestServer server;
    private final String schema;
    private final PitStrategy strategy;

    public PostgresFixture() {
        this(new LateralLimit());
    }

    PostgresFixture(PitStrategy strategy) {
        this.server = TestServer.shared();
        this.schema = server.createSchema();
        this.strategy = strategy;
    }

    String schema() {
        return schema;
    }

    PostgresOfflineConfig config() {
        return config(server, schema);
    }

    static PostgresOfflineConfig config(TestServer server, String schema) {
        return new ConfigBinder().bind("test", PostgresOfflineConfig.class, server.options(schema));
    }

    @Override
    public OfflineStore open(StoreContext context) {
        return new PostgresOfflineStore(config(), context, strategy);
    }

    @Override
    public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
        Postgres postgres = new Postgres(config().address(), Path.of(""));
        try (Sessions sessions = new Sessions(postgres, config())) {
            new Sinks(sessions, new Tables(postgres.title())).create(rows, location(name), false);
        }
        return source(name, time);
    }

    @Override
    public DataSource.Batch target(String name, TimeColumns time) {
        return source(name, time);
    }

    /** A source as it comes from a registry of Feast. */
    static DataSource.Batch source(String name, TimeColumns time) {
        return new DataSource.Batch(name, "postgres", location(name), time, Map.of(), About.NOTHING, Extras.NONE);
    }

    private static SourceLocation location(String name) {
        return new SourceLocation.Table("\"" + name.replace("\"", "\"\"") + "\"");
    }

    @Override
    public Set<OfflineCapability> expectedCapabilities() {
        return EnumSet.complementOf(EnumSet.of(OfflineCapability.REMOTE_EXPORT));
    }

    @Override
    public String selectAll(DataSource.Batch source) {
        return "SELECT * FROM %s -- with a comment"
                .formatted(((SourceLocation.Table) source.location()).qualifiedName());
    }

    @Override
    public void close() {
        server.dropSchema(schema);
    }
}
