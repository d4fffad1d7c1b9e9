package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's one command: the whole way, with the values the text beside it promises. */
class DemoTest {
    @TempDir
    Path folder;

    @Test
    void goesTheWholeWay() {
        Cli.Result demo =
                Cli.in(folder).environment("MANCIPLE_COMMAND", "./manciple").run("demo");
        assertThat(demo.err()).isEmpty();
        assertThat(demo.code()).isZero();
        List<String> lines =
                demo.out().lines().map(line -> line.replaceAll(" +", " ")).toList();
        assertThat(lines)
                .contains("$ ./manciple -c manciple-demo apply", "Created feature view courier_stats")
                .anyMatch(line -> line.matches("corrected 1001 eel .* 0\\.99 9 .*"))
                .anyMatch(line -> line.matches("corrected 1001 eel .* 0\\.11"))
                .anyMatch(line -> line.matches("reported late 1002 honey .* 0\\.22 1 .*"))
                .anyMatch(line -> line.matches("courier silent 1003 barley .* null null [0-9.]+ [0-9.]+"))
                .anyMatch(line -> line.matches("courier unknown 1099 leek .* null null [0-9.]+ [0-9.]+"))
                .anyMatch(line -> line.matches("before all data 1001 quince .* null null null null"))
                .anyMatch(line -> line.matches(" ?1003 barley abbey 40\\.0 expired expired [0-9.]+ [0-9.]+"))
                .anyMatch(line -> line.matches(" ?1099 leek riverside 12\\.0 not found not found [0-9.]+ [0-9.]+"));
        assertThat(lines.stream().filter(line -> line.matches("twice the same 1004 butter .* 6\\.0 .*")))
                .as("twice in each of the two joins")
                .hasSize(4);
        assertThat(folder.resolve("manciple-demo/data/courier_stats.parquet")).isRegularFile();
    }

    @Test
    void leavesAFolderWithOtherThingsAlone() throws IOException {
        Files.createDirectories(folder.resolve("mine"));
        Files.writeString(folder.resolve("mine/file"), "mine");
        Cli.Result demo = Cli.in(folder).run("demo", "mine");
        assertThat(demo.code()).isEqualTo(1);
        assertThat(demo.err())
                .isEqualTo("Error: %s is not empty; nothing was changed. Name a new folder: demo DIR\n"
                        .formatted(folder.resolve("mine")));
        assertThat(folder.resolve("mine").toFile().list()).containsExactly("file");
    }
}
