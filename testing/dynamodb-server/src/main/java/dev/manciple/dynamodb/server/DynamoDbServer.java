package dev.manciple.dynamodb.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * DynamoDB Local in a child JVM on a free port of the loopback interface. It takes any credentials. It can be killed and started
 * again with its data. Used by one thread at a time.
 */
public final class DynamoDbServer implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);

    private static @Nullable DynamoDbServer shared;

    private final Path folder;
    private final int port;
    private final boolean inMemory;
    private Process process;

    private DynamoDbServer(Path folder, int port, boolean inMemory) {
        this.folder = folder;
        this.port = port;
        this.inMemory = inMemory;
        this.process = launch();
        waitUntilReady();
    }

    /**
     * Starts a server and waits until it takes connections.
     *
     * @param folder where it keeps its files; created if needed, left behind
     */
    public static DynamoDbServer start(Path folder) {
        return start(folder, false);
    }

    /**
     * Starts a server that forgets when it dies, and waits until it takes connections.
     *
     * @param folder where its log is; created if needed, left behind
     */
    public static DynamoDbServer startInMemory(Path folder) {
        return start(folder, true);
    }

    private static DynamoDbServer start(Path folder, boolean inMemory) {
        try {
            Files.createDirectories(folder);
            return new DynamoDbServer(folder.toAbsolutePath(), freePort(), inMemory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The one server of a run of tests, started when it is first asked for and killed with the JVM. Forgets when it dies. */
    public static synchronized DynamoDbServer shared() {
        if (shared == null) {
            shared = startInMemory(Path.of("target", "dynamodb"));
        }
        return shared;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Ends the process at once, as a crash would. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("DynamoDB Local in %s does not die".formatted(folder));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while DynamoDB Local was dying", e);
        }
    }

    /** Starts a killed server again, with the data it had, and waits until it takes connections. */
    public void restart() {
        process = launch();
        waitUntilReady();
    }

    @Override
    public void close() {
        kill();
    }

    private Process launch() {
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    classPath(),
                    "software.amazon.dynamodb.services.local.main.ServerRunner",
                    "-sharedDb",
                    "-disableTelemetry",
                    "-port",
                    Integer.toString(port)));
            // Written to a file, every row waits for the disk.
            command.addAll(inMemory ? List.of("-inMemory") : List.of("-dbPath", folder.toString()));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("output.log").toFile()));
            builder.environment().put("DDB_LOCAL_TELEMETRY", "0");
            Process started = builder.start();
            // A test run that is interrupted must not leave a server behind.
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void waitUntilReady() {
        long deadline = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (!accepts()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IllegalStateException("DynamoDB Local did not start: " + lastOutput());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String lastOutput() {
        try (Stream<String> lines = Files.lines(folder.resolve("output.log"))) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - 40), all.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String classPath() {
        try (InputStream in = DynamoDbServer.class.getResourceAsStream("classpath.txt")) {
            if (in == null) {
                throw new IllegalStateException(
                        "The class path of DynamoDB Local was not written: build this module first");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
