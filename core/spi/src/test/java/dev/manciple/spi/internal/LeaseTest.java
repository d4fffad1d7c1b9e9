package dev.manciple.spi.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {
    /** Above what any system gives. */
    private static final String NO_PROCESS = "999999999";

    @TempDir
    Path folder;

    @Test
    void sweepsWhatDeadProcessesLeft() throws IOException {
        Path spill = Files.createDirectory(folder.resolve("spill-" + ofDeadProcess()));
        Files.writeString(spill.resolve("block.tmp"), "1");
        Files.writeString(folder.resolve("spill-" + Lease.newName()), "");
        Files.writeString(folder.resolve("other-" + ofDeadProcess()), "");
        Files.writeString(folder.resolve("spill-of-mine"), "");
        Lease.sweep(folder, "spill-", "");
        assertThat(names())
                .hasSize(3)
                .noneMatch(name -> name.equals(spill.getFileName().toString()));
    }

    @Test
    void tellsAProcessFromALaterOneOfTheSameId() throws IOException {
        Path left = Files.writeString(folder.resolve("." + with(3, "86400000") + ".tmp"), "");
        Path ours = Files.writeString(folder.resolve("." + Lease.newName() + ".tmp"), "");
        Lease.sweep(folder, ".", ".tmp");
        assertThat(left).doesNotExist();
        assertThat(ours).exists();
    }

    @Test
    void leavesOtherMachinesWhatTheyMayStillUse() throws IOException {
        Path fresh = Files.writeString(folder.resolve(with(1, "elsewhere") + ".tmp"), "");
        Path old = Files.writeString(folder.resolve(with(1, "elsewhere") + ".tmp"), "");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        Lease.sweep(folder, "", ".tmp");
        assertThat(fresh).exists();
        assertThat(old).doesNotExist();
    }

    @Test
    void aFolderThatIsNotThereIsNoTrouble() {
        Lease.sweep(folder.resolve("none"), "", ".tmp");
        assertThat(folder).isEmptyDirectory();
    }

    static String ofDeadProcess() {
        return with(2, NO_PROCESS);
    }

    /** A name like those of this process, another part in place of one. */
    private static String with(int part, String other) {
        String[] parts = Lease.newName().split("-");
        parts[part - 1] = other;
        return String.join("-", parts);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
