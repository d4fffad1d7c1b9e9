package dev.manciple.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manciple.spi.RegistrySnapshot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers in several threads, instances and processes at once, some of them killed. */
class FileRegistryConcurrencyTest {
    /** {@code ./manciple-soak} does as much more of everything. */
    private static final int FACTOR = Integer.getInteger("soak.factor", 1);

    private static final int COMMITS = 10 * FACTOR;

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void name() {
        path = folder.resolve("registry.db");
    }

    @Test
    void noCommitOfAnyProcessIsLost() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int p = 0; p < 3; p++) {
            processes.add(RegistryWriter.start(List.of(), path, "process" + p + "_", COMMITS));
        }
        inThreads(List.of(() -> write("thread0_", COMMITS), () -> write("thread1_", COMMITS)));
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
        }
        RegistrySnapshot snapshot = snapshot();
        for (String writer : List.of("process0_", "process1_", "process2_", "thread0_", "thread1_")) {
            for (int i = 0; i < COMMITS; i++) {
                assertThat(snapshot.entities()).containsKeys(writer + i, writer + i + "_twin");
            }
        }
    }

    @Test
    void aReaderSeesWholeCommitsOnly() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> reader = executor.submit(() -> {
                FileRegistry registry = new FileRegistry(path, false, InstantSource.system());
                RegistrySnapshot seen = RegistrySnapshot.empty(RegistryWriter.PROJECT);
                int versions = 0;
                while (!done.get()) {
                    RegistrySnapshot now = registry.load(RegistryWriter.PROJECT, Optional.of(seen));
                    requirePairs(now);
                    assertThat(now.entities().keySet())
                            .containsAll(seen.entities().keySet());
                    versions += now.version().equals(seen.version()) ? 0 : 1;
                    seen = now;
                }
                return versions;
            });
            try {
                write("a", 60);
            } finally {
                done.set(true);
            }
            assertThat(reader.get()).isPositive();
        }
        assertThat(pairs(snapshot())).hasSize(60);
    }

    @Test
    void aKilledWriterLosesNothingItHadCommitted() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < 3 * FACTOR; round++) {
            Process process = RegistryWriter.start(List.of(), path, "round" + round + "_", 1_000_000);
            try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
                for (int line = 0; line < 7 + round % 3; line++) {
                    acknowledged.add(output.readLine());
                }
                process.destroyForcibly().waitFor();
            }
            RegistrySnapshot left = snapshot();
            requirePairs(left);
            assertThat(left.entities()).containsKeys(acknowledged.toArray(String[]::new));
        }
        write("afterwards", 1);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("registry.db", ".registry.db.lock");
        }
    }

    /** A limit on the size of files fails a write half-way, as a full disk does. */
    @Test
    void aWriteThatDoesNotFitLeavesThePreviousState() throws Exception {
        Path shell = Path.of("/bin/sh");
        assumeTrue(Files.isExecutable(shell), "there is no shell to set a limit with");
        List<String> limited = List.of(shell.toString(), "-c", "ulimit -f 8; exec \"$@\"", "sh");
        Process process = RegistryWriter.start(limited, path, "full", 1_000);
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(1);
        assertThat(output).contains("StoreException").contains(path.toString()).contains("write the file");
        RegistrySnapshot left = snapshot();
        requirePairs(left);
        assertThat(pairs(left))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(output).contains(name));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("registry.db", ".registry.db.lock");
        }
    }

    private void write(String prefix, int count) {
        RegistryWriter.write(path, prefix, count, name -> {});
    }

    private static void inThreads(List<Runnable> tasks) throws Exception {
        List<Callable<Boolean>> calls = tasks.stream()
                .<Callable<Boolean>>map(task -> () -> {
                    task.run();
                    return true;
                })
                .toList();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> task : executor.invokeAll(calls)) {
                assertThat(task.get()).isTrue();
            }
        }
    }

    private RegistrySnapshot snapshot() throws IOException {
        try (FileRegistry registry = new FileRegistry(path, false, InstantSource.system())) {
            return registry.load(RegistryWriter.PROJECT, Optional.empty());
        }
    }

    private static void requirePairs(RegistrySnapshot snapshot) {
        Set<String> names = snapshot.entities().keySet();
        assertThat(pairs(snapshot)).allSatisfy(name -> assertThat(names).contains(name + "_twin"));
    }

    private static List<String> pairs(RegistrySnapshot snapshot) {
        return snapshot.entities().keySet().stream()
                .filter(name -> !name.startsWith("__") && !name.endsWith("_twin"))
                .toList();
    }
}
