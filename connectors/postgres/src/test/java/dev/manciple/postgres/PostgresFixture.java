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
import dev.manciple.sql.Sql;
import dev.manciple.tck.OfflineFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Sources are tables of a schema of the fixture's own, every other one with indexes for most joins, beginning with the first: they are
 * looked into as they are, the others are copied.
 */
final class PostgresFixture implements OfflineFixture {
    private final TestServer server;
    private final String schema;
    private int loaded;

    PostgresFixture() {
        this.server = TestServer.shared();
        this.schema = server.createSchema();
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
        return new PostgresOfflineStore(config(), context);
    }

    @Override
    public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
        Postgres postgres = new Postgres(config().address(), Path.of(""));
        List<String> columns;
        try (Sessions sessions = new Sessions(postgres, config())) {
            new Sinks(sessions, new Tables(postgres.title())).create(rows, location(name), false);
            columns = rows.getVectorSchemaRoot().getSchema().getFields().stream()
                    .map(Field::getName)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (loaded++ % 2 == 0) {
            index(name, columns, time.event());
        }
        return source(name, time);
    }

    /** For keys of one and of two columns, which stand first in the kit's tables. */
    private void index(String table, List<String> columns, String event) {
        List<String> first = columns.stream()
                .takeWhile(column -> !column.equals(event))
                .limit(2)
                .toList();
        for (int keys = 1; keys <= first.size(); keys++) {
            server.administer(Sql.of(
                            "CREATE INDEX ON {}.{} ({}, {})",
                            Sql.quoted(schema, '"'),
                            Names.quoted(table),
                            Sql.join(", ", first.stream().limit(keys).map(Names::quoted)),
                            Names.quoted(event))
                    .text());
        }
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
