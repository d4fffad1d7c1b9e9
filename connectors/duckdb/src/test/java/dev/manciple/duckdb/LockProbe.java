package dev.manciple.duckdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A process that tells by its exit code whether it could lock a file. */
final class LockProbe {
    static final int LOCKED = 10;
    static final int REFUSED = 11;

    private LockProbe() {}

    public static void main(String[] args) throws IOException {
        try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            System.exit(lock == null ? REFUSED : LOCKED);
        }
    }

    /** Runs it on a file and returns its exit code. */
    static int run(Path file) throws Exception {
        Path classes = Path.of(LockProbe.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classes.toString(),
                        LockProbe.class.getName(),
                        file.toString())
                .inheritIO()
                .start()
                .waitFor();
    }
}
