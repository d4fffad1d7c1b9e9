package com.example.arrowfolder;

import dev.manciple.duckdb.LocalEngine;
import dev.manciple.model.DataSource;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.StoreConfig;
import dev.manciple.tck.repository.RepositoryContract;
import dev.manciple.tck.repository.RepositoryFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/** A repository whose sources are Parquet files and folders of Arrow files by turns; one request joins both. */
class ArrowFolderBehindHybridTest extends RepositoryContract {
    @Override
    protected RepositoryFixture fixture(Path repository) {
        return new HybridFixture(repository);
    }

    private static final class HybridFixture implements RepositoryFixture {
        private final BufferAllocator allocator = new RootAllocator();
        private final Path repository;
        private boolean inArrow;

        HybridFixture(Path repository) {
            this.repository = repository;
        }

        @Override
        public StoreConfig offlineStore() {
            return new StoreConfig(
                    "hybrid",
                    Map.of(
                            "offline_stores",
                            List.of(
                                    Map.of("type", "duckdb"),
                                    Map.of("type", ArrowFolderOfflineStore.class.getName(), "root", "history"))));
        }

        @Override
        public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
            inArrow = !inArrow;
            if (inArrow) {
                ArrowFolderFixture.write(repository.resolve("history").resolve(name), rows);
                return new ArrowFolderSource()
                        .source(name, new ArrowFolderSource.Options(name))
                        .time(time);
            }
            try (LocalEngine engine = new LocalEngine(allocator)) {
                engine.writeFile(rows, repository.resolve(name + ".parquet"), "parquet", false);
            }
            return DataSource.Batch.files(name + ".parquet").name(name).time(time);
        }

        @Override
        public void close() {
            allocator.close();
        }
    }
}
