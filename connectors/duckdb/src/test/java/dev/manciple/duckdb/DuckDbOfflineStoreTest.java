package dev.manciple.duckdb;

import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.OfflineStoreContract;
import java.nio.file.Path;

class DuckDbOfflineStoreTest extends OfflineStoreContract {
    @Override
    protected OfflineFixture fixture(Path emptyFolder) {
        return new FilesFixture(emptyFolder, FilesFixture.Shape.PARQUET_FILE);
    }
}
