package dev.manciple.spi.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
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
                            assertThat(held).isNotNull();
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
        Path lockFile = folder.resolve(".data.lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock foreign = channel.lock()) {
            assertThat(foreign.isValid()).isTrue();
            assertThatThrownBy(() -> mutex(Duration.ZERO).acquire())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(lockFile.toString())
                    .hasMessageContaining("held by another writer");
        }
        try (FileMutex.Held held = mutex(Duration.ZERO).acquire()) {
            assertThat(held).isNotNull();
        }
    }

    @Test
    void isTheSameWhicheverLinkLeadsToTheFile() throws Exception {
        Files.createFile(folder.resolve("data"));
        Path link = Files.createSymbolicLink(
                Files.createDirectory(folder.resolve("elsewhere")).resolve("link"), Path.of("../data"));
        FileMutex.Held held = mutex(Duration.ZERO).acquire();
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<FileMutex.Held> other =
                    thread.submit(() -> FileMutex.of(link, Duration.ZERO).acquire());
            assertThatThrownBy(other::get).hasRootCauseInstanceOf(IOException.class);
        } finally {
            held.close();
        }
    }

    @Test
    void stopsWaitingWhenInterrupted() throws IOException {
        Path lockFile = folder.resolve(".data.lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock foreign = channel.lock()) {
            assertThat(foreign.isValid()).isTrue();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> mutex(Duration.ofMinutes(1)).acquire()).isInstanceOf(IOException.class);
            assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
        }
    }

    /** POSIX drops a process's lock when any of its descriptors of the file is closed. */
    @Test
    void keepsTheLockWhileOthersOfThisProcessGiveUp() throws Exception {
        try (FileMutex.Held held = mutex(Duration.ZERO).acquire()) {
            Future<FileMutex.Held> other = CompletableFuture.supplyAsync(() -> {
                try {
                    return mutex(Duration.ZERO).acquire();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThatThrownBy(other::get).hasRootCauseInstanceOf(IOException.class);
            assertThat(held).isNotNull();
            assertThat(otherProcessGetsIn()).isFalse();
        }
        assertThat(otherProcessGetsIn()).isTrue();
    }

    private boolean otherProcessGetsIn() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        assertThat(process.waitFor()).as(output).isZero();
        return output.equals("in");
    }

    /** Tries once to get the lock in a folder. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] arguments) {
            try (FileMutex.Held held =
                    FileMutex.of(Path.of(arguments[0], "data"), Duration.ZERO).acquire()) {
                System.out.println(held == null ? "closed" : "in");
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private FileMutex mutex(Duration patience) throws IOException {
        return FileMutex.of(folder.resolve("data"), patience);
    }
}
