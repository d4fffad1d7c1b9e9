package dev.manciple.registry;

import dev.manciple.error.ConflictException;
import dev.manciple.model.Entity;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Commits entities one after the other, in a process of its own where a test asks for that. */
final class RegistryWriter {
    static final String PROJECT = "shop";

    private RegistryWriter() {}

    /** Arguments: the registry's file, the prefix of the names, how many. Prints each name once it is committed. */
    public static void main(String[] arguments) {
        write(Path.of(arguments[0]), arguments[1], Integer.parseInt(arguments[2]), System.out::println);
    }

    /** Each commit adds a pair, so that a reader can tell a half commit from a whole one. */
    static void write(Path path, String prefix, int count, Consumer<String> committed) {
        try (FileRegistry registry = new FileRegistry(path, false, InstantSource.system())) {
            for (int i = 0; i < count; i++) {
                String name = prefix + i;
                commitPair(registry, name);
                committed.accept(name);
            }
        }
    }

    private static void commitPair(FileRegistry registry, String name) {
        while (true) {
            RegistrySnapshot base = registry.load(PROJECT, Optional.empty());
            try {
                registry.commit(
                        base,
                        List.of(
                                new RegistryChange.Put(Entity.of(name)),
                                new RegistryChange.Put(Entity.of(name + "_twin"))));
                return;
            } catch (ConflictException e) {
                // Another writer was faster: that is what this test is about.
            }
        }
    }

    /** Starts {@link #main} in another JVM, started through {@code launcher} where it is not empty. */
    static Process start(List<String> launcher, Path path, String prefix, int count) throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(Arrays.asList(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                // Keeps the JVM's own files out of a limit on file sizes.
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                RegistryWriter.class.getName(),
                path.toString(),
                prefix,
                Integer.toString(count)));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
