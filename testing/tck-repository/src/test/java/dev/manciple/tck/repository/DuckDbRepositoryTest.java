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

class DuckDbRepositoryTest extends RepositoryContract {
    @Override
    protected RepositoryFixture fixture(Path repository) {
        return new Fixture(repository, new RootAllocator());
    }

    private record Fixture(Path repository, BufferAllocator allocator) implements RepositoryFixture {
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
}
