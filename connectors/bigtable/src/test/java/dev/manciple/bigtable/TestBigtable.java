package dev.manciple.bigtable;

import com.google.cloud.bigtable.admin.v2.BigtableTableAdminClient;
import com.google.cloud.bigtable.data.v2.BigtableDataClient;
import com.google.cloud.bigtable.emulator.v2.Emulator;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** An empty instance of the emulator that the tests of a run share, and clients of the vendor's beside the store's. */
public final class TestBigtable implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** Started when it is first asked for; the emulator ends with the JVM. */
    private static final class Shared {
        static final Emulator EMULATOR = start();
    }

    private final String instance = "test" + NUMBER.incrementAndGet();
    private final Clients clients;

    public TestBigtable() {
        try {
            clients = Clients.of(bind(options()), Path.of(""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Emulator start() {
        try {
            Emulator emulator = Emulator.createBundled();
            emulator.start();
            return emulator;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("The emulator did not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What a user writes to reach the instance. */
    public Map<String, Object> options() {
        return options(Shared.EMULATOR, instance);
    }

    static Map<String, Object> options(Emulator emulator, String instance) {
        return Map.of("project_id", "test", "instance", instance, "emulator", "127.0.0.1:" + emulator.getPort());
    }

    static BigtableConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("online_store", BigtableConfig.class, options);
    }

    OnlineStore store(StoreContext context, Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(options());
        all.putAll(more);
        return new BigtableOnlineStoreFactory().create(bind(all), context);
    }

    BigtableDataClient data() {
        return clients.data();
    }

    BigtableTableAdminClient admin() {
        return clients.admin();
    }

    @Override
    public void close() {
        for (String table : clients.admin().listTables()) {
            clients.admin().deleteTable(table);
        }
        clients.close();
    }
}
