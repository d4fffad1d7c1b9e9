package dev.manciple.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMutexTest {
    @TempDir
    private Path folder;

    @Test
    void letsOneThreadInAtATimeThroughAnyInstance() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        int[] unguarded = {0};
        List<Callable<Integer>> tasks = IntStream.range(0, 8)
                .<Callable<Integer>>mapToObj(thread -> () -> {
                    FileMutex mutex = mutex(Duration.ofSeconds(30));
                    for (int round = 0; round < 50; round++) {
                        try (FileMutex.Held held = mutex.acquire()) {
                            assertThat(held.channel().isOpen()).isTrue();
                            assertThat(inside.incrementAndGet()).isEqualTo(1);
                            unguarded[0]++;
                            inside.decrementAndGet();
                        }
                    }
                    return thread;
                })
                .toList();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> task : executor.invokeAll(tasks)) {
                task.get();
            }
        }
        assertThat(unguarded[0]).isEqualTo(400);
    }

    @Test
    void givesUpOnALockSomebodyKeeps() throws IOException {
        Path lockFile = folder.resolve("lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock foreign = channel.lock()) {
            assertThat(foreign.isValid()).isTrue();
            assertThatThrownBy(() -> mutex(Duration.ZERO).acquire())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(lockFile.toString())
                    .hasMessageContaining("held by another writer");
        }
        try (FileMutex.Held held = mutex(Duration.ZERO).acquire()) {
            assertThat(held.channel().isOpen()).isTrue();
        }
    }

    @Test
    void stopsWaitingWhenInterrupted() throws IOException {
        Path lockFile = folder.resolve("lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock foreign = channel.lock()) {
            assertThat(foreign.isValid()).isTrue();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> mutex(Duration.ofMinutes(1)).acquire()).isInstanceOf(IOException.class);
            assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
        }
    }

    private FileMutex mutex(Duration patience) {
        return new FileMutex(folder, "lock", patience);
    }
}
