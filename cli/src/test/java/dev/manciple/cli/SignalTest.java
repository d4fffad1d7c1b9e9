package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.manciple.tck.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A command that is told to stop, as a process of its own: it takes back what is half done and says how it ended. */
@DisabledOnOs(OS.WINDOWS)
class SignalTest {
    private static final int INTERRUPTED = 130;
    private static final long SIGINT_BIT = 1L << 1;
    private static final int TERMINATED = 143;

    /** Enough rows for the signal to come while they are written. */
    private static final String ROWS =
            "SELECT (i %% 3) + 1 AS customer_id, TIMESTAMPTZ '2025-01-01' AS event_timestamp FROM range(%d) t(i)"
                    .formatted(4_000_000);

    @TempDir
    Path folder;

    @Test
    void stoppedByAKillItLeavesNothingHalfWritten() throws Exception {
        assertThat(stop("TERM")).isEqualTo(TERMINATED);
    }

    @Test
    void stoppedByCtrlCItLeavesNothingHalfWritten() throws Exception {
        assumeFalse(ignoresInterrupts(), "A shell's background job ignores SIGINT, and so does all it starts");
        assertThat(stop("INT")).isEqualTo(INTERRUPTED);
    }

    /** Starts a long retrieval, signals it once it writes, and returns the exit code. */
    private int stop(String signal) throws Exception {
        Cli cli = Cli.in(folder);
        assertThat(cli.run("init", "shop").code()).isZero();
        assertThat(cli.run("-cshop", "apply").code()).isZero();
        List<String> before = names();
        Process process = Processes.manciple(
                folder,
                "-cshop",
                "get-historical-features",
                "--entity-sql",
                ROWS,
                "-S",
                "churn_v1",
                "--output",
                "out.csv");
        try {
            Await.until("it writes", () -> {
                assertThat(process.isAlive())
                        .as("it writes a temporary file first")
                        .isTrue();
                return !names().equals(before);
            });
            Processes.run(folder, "kill", "-" + signal, Long.toString(process.pid()));
            try (BufferedReader errors = process.errorReader()) {
                assertThat(errors.lines().toList()).containsExactly("Cancelled.");
            }
            int code = process.waitFor();
            assertThat(names()).as("what is left behind").isEqualTo(before);
            return code;
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .map(line -> line.substring("SigIgn:".length()).strip())
                        .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & SIGINT_BIT) != 0);
    }

    private List<String> names() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
