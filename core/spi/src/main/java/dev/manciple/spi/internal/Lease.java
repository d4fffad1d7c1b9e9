package dev.manciple.spi.internal;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a name that tells which process a temporary file or folder belongs to: machine, process id, start. A killed process
 * cannot clean up after itself; the next one that works in the same place does, and knows by the name whose the leftovers are.
 */
public final class Lease {
    /** Machine, process id, its start in milliseconds since the epoch, and what tells the names of one process apart. */
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9_]+)-(\\d+)-(\\d+)-[0-9a-f]{12}$");

    /** The system works out a start from its own uptime, which drifts against the clock. */
    private static final Duration START_TOLERANCE = Duration.ofSeconds(10);

    /** Processes of another machine that shares the folder cannot be asked; what nobody touches for so long is nobody's. */
    private static final Duration ABANDONED = Duration.ofDays(7);

    private Lease() {}

    /** A new name of this process. */
    public static String newName() {
        return "%s-%d-%d-%s"
                .formatted(
                        machine(),
                        ProcessHandle.current().pid(),
                        started(ProcessHandle.current())
                                .map(Instant::toEpochMilli)
                                .orElse(0L),
                        UUID.randomUUID().toString().substring(24));
    }

    /**
     * Deletes what dead processes left in a folder under names of {@code prefix}, a lease, and {@code suffix}. What cannot be
     * deleted, or looked at, stays: it is in nobody's way.
     */
    public static void sweep(Path folder, String prefix, String suffix) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, file -> isDead(file, prefix, suffix))) {
            for (Path leftover : files) {
                Trees.delete(leftover);
            }
        } catch (IOException | DirectoryIteratorException e) {
            System.getLogger(Lease.class.getName())
                    .log(System.Logger.Level.DEBUG, "Leftovers in {0} stay: {1}", folder, e);
        }
    }

    private static boolean isDead(Path file, String prefix, String suffix) throws IOException {
        String name = file.getFileName().toString();
        if (!name.startsWith(prefix) || !name.endsWith(suffix)) {
            return false;
        }
        Matcher lease = NAME.matcher(name.substring(0, name.length() - suffix.length()));
        if (!lease.find()) {
            return false;
        }
        if (!lease.group(1).equals(machine())) {
            Instant touched =
                    Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
            return touched.plus(ABANDONED).isBefore(Instant.now());
        }
        return !isAlive(Long.parseLong(lease.group(2)), Instant.ofEpochMilli(Long.parseLong(lease.group(3))));
    }

    private static boolean isAlive(long pid, Instant start) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        // The id of a dead process may be given to another one.
        return process.isPresent()
                && (start.equals(Instant.EPOCH)
                        || started(process.get())
                                .map(known ->
                                        Duration.between(known, start).abs().compareTo(START_TOLERANCE) <= 0)
                                .orElse(true));
    }

    private static Optional<Instant> started(ProcessHandle process) {
        return process.info().startInstant();
    }

    private static String machine() {
        String name = Optional.ofNullable(System.getenv("COMPUTERNAME")).orElseGet(Lease::hostName);
        return name.replaceAll("[^A-Za-z0-9_]", "_");
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return Objects.requireNonNullElse(System.getenv("HOSTNAME"), "local");
        }
    }
}
