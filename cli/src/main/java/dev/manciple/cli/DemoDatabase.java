package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.StoreConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * The PostgreSQL database that has a part of the demo's history.
 *
 * @param password empty where the server asks for none
 */
record DemoDatabase(String host, int port, String database, String user, Optional<String> password) {
    private static final String TABLE = "market_prices";
    private static final String PASSWORD_VARIABLE = "PGPASSWORD";
    private static final int DEFAULT_PORT = 5432;

    /** @throws InvalidRequestException if the URL does not name a user, a host and a database */
    static DemoDatabase of(URI url, Map<String, String> environment) {
        String path = url.getPath() == null ? "" : url.getPath().replaceFirst("^/", "");
        if (!"postgresql".equals(url.getScheme())
                || url.getHost() == null
                || url.getUserInfo() == null
                || url.getUserInfo().contains(":")
                || !path.matches("\\w+")) {
            throw new InvalidRequestException(
                    "--postgres takes postgresql://USER@HOST:PORT/DATABASE, with the password in the environment variable %s"
                            .formatted(PASSWORD_VARIABLE));
        }
        return new DemoDatabase(
                url.getHost(),
                url.getPort() < 0 ? DEFAULT_PORT : url.getPort(),
                path,
                url.getUserInfo(),
                Optional.ofNullable(environment.get(PASSWORD_VARIABLE)));
    }

    /** Makes the table. Fails, and changes nothing, if it is there. */
    void create(ArrowReader rows, Path root, BufferAllocator allocator, Plugins plugins) {
        Stores stores = new Stores(new StoreTypes(plugins));
        LocalStoreContext context = LocalStoreContext.of("demo", root, allocator, stores);
        DataSource.Batch table = new DataSource.Batch(
                TABLE,
                "postgres",
                new SourceLocation.Table(TABLE),
                TimeColumns.INFERRED,
                Map.of(),
                About.NOTHING,
                Extras.NONE);
        try (OfflineStore store = stores.offlineStore("--postgres", new StoreConfig("postgres", options()), context)) {
            if (exists(store, table)) {
                throw new InvalidRequestException(
                        "%s has a table %s already; nothing was changed. Drop it, or name another database"
                                .formatted(this, TABLE));
            }
            store.writeLoggedFeatures(table, rows);
        }
    }

    private static boolean exists(OfflineStore store, DataSource.Batch table) {
        try {
            return !store.describe(table).getFields().isEmpty();
        } catch (NotFoundException e) {
            return false;
        }
    }

    private Map<String, Object> options() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("host", host);
        options.put("port", port);
        options.put("database", database);
        options.put("user", user);
        options.put("password", password.orElse(""));
        options.put("sslmode", "prefer");
        return options;
    }

    /** The part of {@code feature_store.yaml} below {@code offline_store}. */
    String configuration() {
        return """
                  type: hybrid
                  offline_stores:
                    - name: lake
                      type: duckdb
                    - name: sales
                      type: postgres
                      host: %s
                      port: %d
                      database: %s
                      user: %s
                      password: "%s"
                      sslmode: prefer
                """.formatted(
                        host, port, database, user, password.isPresent() ? "${%s}".formatted(PASSWORD_VARIABLE) : "");
    }

    @Override
    public String toString() {
        return "postgresql://%s@%s:%d/%s".formatted(user, host, port, database);
    }
}
