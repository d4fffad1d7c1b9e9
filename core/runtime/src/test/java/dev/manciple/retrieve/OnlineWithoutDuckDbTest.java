package dev.manciple.retrieve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that only reads online features needs neither the DuckDB connector nor its 80 MB driver. */
class OnlineWithoutDuckDbTest {
    @TempDir
    Path folder;

    @Test
    void onlineReadsWorkAndFilesAreRefusedWithTheWayOut() throws Exception {
        List<String> all = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        String without =
                all.stream().filter(entry -> !entry.contains("duckdb")).collect(Collectors.joining(File.pathSeparator));
        assertThat(without.split(File.pathSeparator)).hasSizeLessThan(all.size());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        without,
                        OnlineWithoutDuckDb.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(Arrays.asList(output.split(System.lineSeparator())))
                .containsExactly(
                        "[[Int[value=1]], [Int[value=7]]]",
                        "Manciple does not support files and SQL expressions without the DuckDB connector: add"
                                + " manciple-duckdb to the class path");
    }
}
