package dev.manciple.duckdb;

import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.OfflineStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Nested;

/** The contract over every other shape of files. */
class DuckDbFilesTest {
    @AutoClose
    private static final FilesFixture.Writer WRITER = new FilesFixture.Writer();

    @Nested
    class ParquetFolderTest extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new FilesFixture(emptyFolder, FilesFixture.Shape.PARQUET_FOLDER, WRITER);
        }
    }

    @Nested
    class CsvFileTest extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new FilesFixture(emptyFolder, FilesFixture.Shape.CSV_FILE, WRITER);
        }
    }
}
