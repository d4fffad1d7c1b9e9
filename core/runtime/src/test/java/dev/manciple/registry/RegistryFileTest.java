package dev.manciple.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.StoreException;
import dev.manciple.spi.internal.Lease;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryFileTest {
    @TempDir
    private Path folder;

    private Path path;
    private RegistryFile file;

    @BeforeEach
    void name() {
        path = folder.resolve("registry.db");
        file = new RegistryFile(path);
    }

    @Test
    void lookingForAFileThatIsNotThereMakesNone() throws IOException {
        assertThat(file.stamp()).isEmpty();
        assertThat(file.read()).isEmpty();
        assertThat(names()).isEmpty();
    }

    @Test
    void replacesTheWholeContent() {
        write("a longer text");
        write("short");
        assertThat(read()).isEqualTo("short");
    }

    @Test
    void makesTheFoldersAbove() {
        path = folder.resolve("data/deep/registry.db");
        file = new RegistryFile(path);
        write("text");
        assertThat(path).hasContent("text");
    }

    @Test
    void leavesOnlyTheFileAndItsLock() throws IOException {
        write("text");
        assertThat(names()).containsExactlyInAnyOrder("registry.db", ".registry.db.lock");
    }

    @Test
    void removesWhatAKilledWriterLeft() throws IOException {
        String dead = Lease.newName().replace("-" + ProcessHandle.current().pid() + "-", "-999999999-");
        Files.writeString(folder.resolve(".registry.db." + dead + ".tmp"), "half a regis");
        write("text");
        assertThat(read()).isEqualTo("text");
        assertThat(names()).containsExactlyInAnyOrder("registry.db", ".registry.db.lock");
    }

    @Test
    void changesItsStampWithEveryReplacement() {
        write("one");
        RegistryFile.Stamp first = file.stamp().orElseThrow();
        write("two");
        RegistryFile.Content second = file.read().orElseThrow();
        assertThat(second.settled())
                .as("a file this young may change again without a trace")
                .isFalse();
        assertThat(file.stamp()).hasValue(second.stamp());
        write("three");
        assertThat(file.stamp().orElseThrow()).isNotEqualTo(first).isNotEqualTo(second.stamp());
    }

    @Test
    void whoHasTheOldFileOpenKeepsItWhole() throws IOException {
        write("old content");
        try (InputStream open = Files.newInputStream(path)) {
            write("new");
            assertThat(open.readAllBytes()).asString(UTF_8).isEqualTo("old content");
        }
    }

    @Test
    void writesThroughSymbolicLinks() throws IOException {
        Path real = Files.createDirectory(folder.resolve("elsewhere")).resolve("real.db");
        Files.createSymbolicLink(path, Path.of("elsewhere/real.db"));
        write("text");
        assertThat(Files.isSymbolicLink(path)).isTrue();
        assertThat(real).hasContent("text");
    }

    @Test
    void keepsThePermissions() throws IOException {
        write("one");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-r--"));
        write("two");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-rw-r--");
    }

    @Test
    void aFailedWriteLeavesTheOldContent() throws IOException {
        // File systems take names of 255 bytes: the temporary file's is longer than the lock's.
        path = folder.resolve("r".repeat(245));
        file = new RegistryFile(path);
        Files.writeString(path, "old");
        assertThatThrownBy(() -> write("new"))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.outcome()).isEqualTo(StoreException.Outcome.NOT_APPLIED))
                .hasMessageContaining(path.toString())
                .hasMessageContaining("write the file");
        assertThat(read()).isEqualTo("old");
    }

    @Test
    void saysThatAFolderIsNoFile() throws IOException {
        Files.createDirectory(path);
        assertThatThrownBy(() -> write("text"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("it is a folder, not a file");
        assertThatThrownBy(() -> file.read())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("it is not a file");
    }

    @Test
    void saysThatTheFolderAboveCannotBeMade() throws IOException {
        Path inTheWay = Files.writeString(folder.resolve("data"), "");
        file = new RegistryFile(inTheWay.resolve("registry.db"));
        assertThatThrownBy(() -> write("text"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(inTheWay.toString());
    }

    private void write(String text) {
        file.exclusively("test", () -> {
            file.replace(text.getBytes(UTF_8));
            return text;
        });
    }

    private String read() {
        return UTF_8.decode(file.read().orElseThrow().bytes()).toString();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
