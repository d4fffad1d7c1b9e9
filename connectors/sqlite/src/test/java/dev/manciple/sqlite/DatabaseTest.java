package dev.manciple.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told and what is left when the file cannot be written. */
class DatabaseTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("online.db");
    }

    /** A limit on the pages of the file is the same to SQLite as the end of the disk. */
    @Test
    void aFullDiskIsToldAndLeavesWhatWasThere() {
        try (Database database = database()) {
            fill(database, 1);
            pragma(database, "max_page_count = 20");
            assertThatThrownBy(() -> fill(database, 100))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("online.db")
                    .hasMessageContaining("write rows")
                    .hasMessageContaining("the disk is full");
            assertThat(rows(database)).isEqualTo(1);
        }
    }

    /** Read-only to SQLite, which is how a file without write permission is to it too; the superuser may write to any file. */
    @Test
    void aReadOnlyFileIsTold() {
        try (Database database = database()) {
            fill(database, 1);
            pragma(database, "query_only = 1");
            assertThatThrownBy(() -> fill(database, 1))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("online.db")
                    .hasMessageContaining("Check the permissions");
            assertThat(rows(database)).isEqualTo(1);
        }
    }

    @Test
    void aFolderInTheFilesPlaceIsTold() throws IOException {
        Files.createDirectory(file);
        try (Database database = database()) {
            assertThatThrownBy(() -> fill(database, 1))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("online.db")
                    .hasMessageContaining("may not be opened or written to");
        }
    }

    @Test
    void aFileInTheFoldersPlaceIsTold() throws IOException {
        Files.writeString(folder.resolve("data"), "not a folder");
        file = folder.resolve("data/online.db");
        try (Database database = database()) {
            assertThatThrownBy(() -> fill(database, 1))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("online.db")
                    .hasMessageContaining("create its folder");
        }
    }

    private Database database() {
        return new Database(file, Duration.ofSeconds(30), 2);
    }

    private static void pragma(Database database, String pragma) {
        database.write("set a limit", session -> {
            session.execute("PRAGMA " + pragma);
            return pragma;
        });
    }

    private static void fill(Database database, int rows) {
        database.write("write rows", session -> {
            session.execute("CREATE TABLE IF NOT EXISTS t (bytes BLOB)");
            for (int i = 0; i < rows; i++) {
                session.execute("INSERT INTO t VALUES (zeroblob(4000))");
            }
            return rows;
        });
    }

    private static long rows(Database database) {
        return database.read("count rows", DatabaseTest::rows);
    }

    private static long rows(Session session) throws SQLException {
        try (ResultSet count = session.prepare("SELECT count(*) FROM t").executeQuery()) {
            count.next();
            return count.getLong(1);
        }
    }
}
