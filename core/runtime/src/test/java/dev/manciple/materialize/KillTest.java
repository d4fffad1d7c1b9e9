package dev.manciple.materialize;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.MaterializeListener;
import dev.manciple.fixture.SqliteStores;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A materialization that is killed and run again leaves what one that was never killed leaves. */
class KillTest {
    /** {@code ./manciple-soak} kills more often. */
    private static final int ROUNDS = Integer.getInteger("soak.factor", 1);

    @TempDir
    Path folder;

    @Test
    void aRerunAfterAKillEndsInTheSameContent() throws Exception {
        Path whole = Files.createDirectory(folder.resolve("whole"));
        KilledMaterialization.run(whole, MaterializeListener.NONE);
        for (int round = 0; round < ROUNDS; round++) {
            Path killed = Files.createDirectory(folder.resolve("killed" + round));
            killAfterBatches(3 - round % 3, killed);
            assertThat(rows(killed)).hasSizeBetween(KilledMaterialization.BATCH, (int) KilledMaterialization.KEYS - 1);
            KilledMaterialization.run(killed, MaterializeListener.NONE);
            assertThat(rows(killed)).hasSize((int) KilledMaterialization.KEYS).isEqualTo(rows(whole));
        }
    }

    private static void killAfterBatches(int batches, Path database) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledMaterialization.class.getName(),
                        database.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = process.inputReader()) {
            for (int batch = 0; batch < batches; batch++) {
                assertThat(output.readLine()).isEqualTo(String.valueOf(KilledMaterialization.BATCH));
            }
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).as("killed, not finished").isNotZero();
    }

    private static Set<List<Value>> rows(Path database) {
        try (BufferAllocator allocator = new RootAllocator();
                OnlineStore store = SqliteStores.open(database, allocator);
                Stream<OnlineRow> rows = store.scan(DRIVER_STATS)) {
            return rows.map(row -> List.of(
                            row.key().values().getFirst(),
                            row.values().get(0),
                            row.values().get(1),
                            new Value.Time(row.eventTime())))
                    .collect(Collectors.toSet());
        }
    }
}
