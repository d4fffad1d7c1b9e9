package dev.manciple.duckdb;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files nobody here made, from Feast's public examples; tests are skipped where they are absent, save in CI. */
final class SharedData {
    private SharedData() {}

    static Path file(String name) {
        Path file = Path.of(System.getProperty("manciple.shared", "../shared"))
                .resolve("data")
                .resolve(name);
        if (!Files.exists(file) && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("CI needs the file " + file.toAbsolutePath());
        }
        assumeTrue(Files.exists(file), () -> "no file " + file.toAbsolutePath() + "; set -Dmanciple.shared");
        return file.toAbsolutePath().normalize();
    }
}
