package dev.manciple.duckdb;

import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.OfflineStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;

class DuckDbOfflineStoreTest extends OfflineStoreContract {
    @AutoClose
    private static final FilesFixture.Writer WRITER = new FilesFixture.Writer();

    @Override
    protected OfflineFixture fixture(Path emptyFolder) {
        return new FilesFixture(emptyFolder, FilesFixture.Shape.PARQUET_FILE, WRITER);
    }
}
