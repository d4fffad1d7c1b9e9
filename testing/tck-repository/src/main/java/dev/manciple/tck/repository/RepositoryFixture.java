package dev.manciple.tck.repository;

import dev.manciple.model.DataSource;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.StoreConfig;
import java.util.Map;
import org.apache.arrow.vector.ipc.ArrowReader;

/** What the kit needs to write the {@code feature_store.yaml} of a repository over the store under test. */
public interface RepositoryFixture extends AutoCloseable {
    /** The {@code offline_store} block, as a user writes it. The plug-in has to be on the class path. */
    StoreConfig offlineStore();

    /** The {@code online_store} block; SQLite unless an online store is under test. */
    default StoreConfig onlineStore() {
        return new StoreConfig("sqlite", Map.of("path", "data/online.db"));
    }

    /**
     * Creates a table or file that holds exactly these rows and tells how to name it.
     *
     * @param time by the columns' own names, to be used for the source as they are
     * @param rows closed by the kit
     */
    DataSource.Batch load(String name, TimeColumns time, ArrowReader rows);

    /** Deletes what the fixture made. */
    @Override
    void close();
}
