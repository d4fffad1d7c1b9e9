package dev.manciple.tck.repository;

import dev.manciple.duckdb.LocalEngine;
import dev.manciple.model.DataSource;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.StoreConfig;
import java.nio.file.Path;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/** Sources are Parquet files of the repository. */
class FilesFixture implements RepositoryFixture {
    final BufferAllocator allocator = new RootAllocator();
    private final Path repository;

    FilesFixture(Path repository) {
        this.repository = repository;
    }

    @Override
    public StoreConfig offlineStore() {
        return new StoreConfig("duckdb", Map.of());
    }

    @Override
    public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
        String uri = name + ".parquet";
        try (LocalEngine engine = new LocalEngine(allocator)) {
            engine.writeFile(rows, repository.resolve(uri), "parquet", false);
        }
        return DataSource.Batch.files(uri).name(name).time(time);
    }

    @Override
    public void close() {
        allocator.close();
    }
}
