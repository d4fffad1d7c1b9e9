package dev.manciple.spi.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    Path folder;

    @Test
    void aFailureLeavesWhatWasThere() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertThatThrownBy(() -> WholeFile.write(file, true, place -> {
                    Files.writeString(place, "half");
                    throw new IOException("the network is gone");
                }))
                .hasMessageContaining("the network is gone");
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void replacesOnlyWhatItMay() throws IOException {
        Path file = folder.resolve("file");
        WholeFile.write(file, false, place -> Files.writeString(place, "one"));
        assertThatThrownBy(() -> WholeFile.write(file, false, place -> Files.writeString(place, "two")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> WholeFile.writeFolder(file, true, place -> place))
                .as("a file in the folder's place")
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("one");
    }

    @Test
    void sweepsWhatKilledWritersLeftBeside() throws IOException {
        Files.writeString(folder.resolve(".file." + LeaseTest.ofDeadProcess() + ".tmp"), "half");
        Files.createDirectory(folder.resolve(".other." + LeaseTest.ofDeadProcess() + ".tmp"));
        WholeFile.write(folder.resolve("file"), false, place -> Files.writeString(place, "whole"));
        assertThat(names()).containsExactly("file");
    }

    @Test
    void replacesAFolderWithAllThatIsInIt() throws IOException {
        Path target = folder.resolve("rows");
        writeFolder(target, "a", "b");
        writeFolder(target, "c");
        assertThat(target.resolve("c")).hasContent("c");
        assertThat(target).isDirectoryNotContaining("glob:**/{a,b}");
        assertThat(names()).containsExactlyInAnyOrder("rows", ".rows.lock");
    }

    /** Every state a writer can be killed in, and what a reader finds after it. */
    @Test
    void aReaderFindsAFolderWhereverTheWriterWasKilled() throws IOException {
        Path target = folder.resolve("rows");
        Path next = folder.resolve(".rows.next");
        Path old = folder.resolve(".rows.old");

        writeFolder(target, "old");
        WholeFile.writeFolder(next, false, place -> Files.writeString(place.resolve("new"), "new"));
        WholeFile.finishSwap(target);
        assertThat(target.resolve("old"))
                .as("killed before the old one was gone")
                .exists();

        Files.move(target, old);
        WholeFile.finishSwap(target);
        assertThat(target.resolve("new")).as("killed between the two").hasContent("new");

        WholeFile.finishSwap(target);
        assertThat(target.resolve("new"))
                .as("killed before the old one was deleted")
                .exists();

        writeFolder(target, "last");
        assertThat(target).isDirectoryContaining("glob:**/last").isDirectoryNotContaining("glob:**/new");
        assertThat(names()).containsExactlyInAnyOrder("rows", ".rows.lock");
    }

    @Test
    void addsAllFilesOrNone() throws IOException {
        Path target = folder.resolve("rows");
        writeFolder(target, "a");
        WholeFile.addAll(
                target,
                place -> Files.writeString(
                        Files.createDirectory(place.resolve("b")).resolve("c"), "c"));
        assertThat(target.resolve("b/c")).hasContent("c");
        assertThatThrownBy(() -> WholeFile.addAll(target, place -> {
                    Files.writeString(place.resolve("0"), "comes first and goes again");
                    return Files.writeString(place.resolve("a"), "is there already");
                }))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(target.resolve("a")).hasContent("a");
        assertThat(target.resolve("0")).doesNotExist();
        assertThat(names()).containsExactly("rows");
    }

    @Test
    void whatWasNeverThereIsNotMade() throws IOException {
        WholeFile.finishSwap(folder.resolve("rows"));
        assertThat(folder).isEmptyDirectory();
    }

    private static void writeFolder(Path target, String... files) throws IOException {
        WholeFile.writeFolder(target, true, place -> {
            for (String file : files) {
                Files.writeString(place.resolve(file), file);
            }
            return files.length;
        });
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
