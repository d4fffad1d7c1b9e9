package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendLockTest {
    @TempDir
    Path folder;

    @Test
    void aThreadThatGivesUpLeavesTheHoldersLockAgainstOtherProcesses() throws Exception {
        Path data = Files.createFile(folder.resolve("rows.parquet"));
        Path link = Files.createSymbolicLink(folder.resolve("link.parquet"), data);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<?> holder = thread.submit(() -> AppendLock.holding(data, AppendLock.PATIENCE, () -> {
                held.countDown();
                await(done);
            }));
            try {
                await(held);
                for (Path name : new Path[] {data, link}) {
                    assertThatThrownBy(() -> AppendLock.holding(name, Duration.ZERO, () -> {
                                throw new AssertionError("two writers at once");
                            }))
                            .isInstanceOf(StoreException.class)
                            .hasMessageContaining(name.toString());
                }
                assertThat(LockProbe.run(AppendLock.lockFile(data))).isEqualTo(LockProbe.REFUSED);
            } finally {
                done.countDown();
            }
            holder.get();
        }
        assertThat(LockProbe.run(AppendLock.lockFile(data))).isEqualTo(LockProbe.LOCKED);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
