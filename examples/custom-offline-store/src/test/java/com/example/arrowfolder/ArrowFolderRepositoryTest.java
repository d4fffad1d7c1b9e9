package com.example.arrowfolder;

import dev.manciple.model.DataSource;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.StoreConfig;
import dev.manciple.tck.repository.RepositoryContract;
import dev.manciple.tck.repository.RepositoryFixture;
import java.nio.file.Path;
import java.util.Map;
import org.apache.arrow.vector.ipc.ArrowReader;

/** A repository whose {@code feature_store.yaml} names the store by its class: apply, join, materialize, read online. */
class ArrowFolderRepositoryTest extends RepositoryContract {
    @Override
    protected RepositoryFixture fixture(Path repository) {
        return new RepositoryFixture() {
            @Override
            public StoreConfig offlineStore() {
                return new StoreConfig(ArrowFolderOfflineStore.class.getName(), Map.of("root", "history"));
            }

            @Override
            public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
                ArrowFolderFixture.write(repository.resolve("history").resolve(name), rows);
                return new ArrowFolderSource()
                        .source(name, new ArrowFolderSource.Options(name))
                        .time(time);
            }

            @Override
            public void close() {}
        };
    }
}
