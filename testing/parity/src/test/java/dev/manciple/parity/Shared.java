package dev.manciple.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of Feast's facts and golden files. Tests that need it are skipped where it is absent, but never in CI. */
final class Shared {
    private Shared() {}

    static Path file(String name) {
        Path folder = Path.of(System.getProperty("manciple.shared", "../shared"));
        Path file = folder.resolve(name);
        if ("true".equals(System.getenv("CI"))) {
            assertThat(file)
                    .as("tests in CI need the folder of system property manciple.shared")
                    .isReadable();
        }
        assumeTrue(Files.isReadable(file), () -> file + " is absent; set the system property manciple.shared");
        return file;
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
