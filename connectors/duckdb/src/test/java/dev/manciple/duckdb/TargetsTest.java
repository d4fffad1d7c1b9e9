package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.StoreException;
import dev.manciple.sql.Sql;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A device that is always full stands for a disk that is. */
@EnabledOnOs(OS.LINUX)
class TargetsTest {
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    Path folder;

    @Test
    void aFullDiskIsToldAsSuch() throws IOException {
        Path target = Files.writeString(folder.resolve("rows.arrow"), "before");
        assertFull(
                target,
                () -> Targets.write(target, true, place -> {
                    try (OutputStream full = Files.newOutputStream(FULL)) {
                        full.write(1);
                    }
                    return 1;
                }));
        assertThat(target).hasContent("before");
    }

    @Test
    void theEnginesWordForAFullDiskIsToo() throws IOException {
        Path target = folder.resolve("rows.csv");
        try (BufferAllocator allocator = new RootAllocator();
                DuckDb engine = new DuckDb(DuckDbConfig.defaults(), folder);
                DuckDbSession session = engine.session(allocator)) {
            assertFull(
                    target,
                    () -> Targets.write(
                            target,
                            true,
                            place -> session.update(Sql.of(
                                    "COPY (SELECT i FROM range(1000000) AS t(i)) TO {} (FORMAT csv, USE_TMP_FILE false)",
                                    Sql.literal(linked(place).toString())))));
        }
        assertThat(folder).isEmptyDirectory();
    }

    /** The place itself, but full. */
    private static Path linked(Path place) throws IOException {
        Files.deleteIfExists(place);
        return Files.createSymbolicLink(place, FULL);
    }

    private void assertFull(Path target, Runnable writing) throws IOException {
        assertThatThrownBy(writing::run)
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "The file system failed while trying to write '%s': the disk is full; make room and try again. What was there is unharmed",
                        target);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).allMatch(target::equals);
        }
    }
}
