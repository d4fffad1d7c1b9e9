package dev.manciple.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files Feast wrote, which are not part of the project. */
final class Shared {
    private Shared() {}

    /** The test is skipped where the file is absent, and fails in CI. */
    static Path file(String name) {
        Path file = Path.of(System.getProperty("manciple.shared", "../shared")).resolve(name);
        if ("true".equals(System.getenv("CI"))) {
            assertThat(file).exists();
        }
        assumeTrue(Files.exists(file), () -> file + " is absent; set -Dmanciple.shared to the folder that holds it");
        return file;
    }
}
