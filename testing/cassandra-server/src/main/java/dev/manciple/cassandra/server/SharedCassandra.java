package dev.manciple.cassandra.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The one server of a run of tests, started when it is first asked for and killed with the JVM. */
public final class SharedCassandra {
    private static @Nullable CassandraServer server;

    private SharedCassandra() {}

    /** Its files are in the build folder of the module whose tests run. */
    public static synchronized CassandraServer get() {
        if (server == null) {
            Path folder = Path.of("target", "cassandra");
            delete(folder);
            server = CassandraServer.start(folder, Optional.empty(), false);
        }
        return server;
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
