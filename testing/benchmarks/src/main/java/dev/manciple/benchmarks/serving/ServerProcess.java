package dev.manciple.benchmarks.serving;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A feature server in a process of its own, as a user starts it. */
final class ServerProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final double KILOBYTES = 1e6 / 1024;
    private static final double SECOND = 1e9;

    private final Process process;
    private final int port;
    private final OptionalInt grpcPort;
    private final double startSeconds;

    private ServerProcess(Process process, int port, OptionalInt grpcPort, double startSeconds) {
        this.process = process;
        this.port = port;
        this.grpcPort = grpcPort;
        this.startSeconds = startSeconds;
    }

    /** Manciple's own launcher, which builds where it must before anything is timed. */
    static ServerProcess manciple(Path repository) throws IOException, InterruptedException {
        String launcher = Path.of("manciple").toAbsolutePath().toString();
        int code = new ProcessBuilder(launcher, "version").inheritIO().start().waitFor();
        if (code != 0) {
            throw new IllegalStateException("%s version ended with %d".formatted(launcher, code));
        }
        int port = freePort();
        int grpcPort = freePort();
        return start(
                List.of(
                        launcher,
                        "-c",
                        repository.toString(),
                        "serve",
                        "-p",
                        Integer.toString(port),
                        "--grpc-port",
                        Integer.toString(grpcPort)),
                port,
                OptionalInt.of(grpcPort),
                repository.resolve("manciple.log"));
    }

    /** The program of Feast's package, where its tests have installed it. */
    static Path feastProgram() {
        return Path.of("testing/feast-python/target/venv/bin/feast").toAbsolutePath();
    }

    /** Feast's server with its defaults, but for a log of each request and the restart of its worker after a thousand. */
    static ServerProcess feast(Path repository) throws IOException, InterruptedException {
        int port = freePort();
        return start(
                List.of(
                        feastProgram().toString(),
                        "-c",
                        repository.toString(),
                        "serve",
                        "-p",
                        Integer.toString(port),
                        "--no-access-log",
                        "--max-requests",
                        "0"),
                port,
                OptionalInt.empty(),
                repository.resolve("feast.log"));
    }

    private static ServerProcess start(List<String> command, int port, OptionalInt grpcPort, Path log)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        while (!healthy(port)) {
            if (!process.isAlive() || System.nanoTime() - start > PATIENCE.toNanos()) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException(
                        "%s did not start:%n%s".formatted(String.join(" ", command), Files.readString(log)));
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        return new ServerProcess(process, port, grpcPort, (System.nanoTime() - start) / SECOND);
    }

    private static boolean healthy(int port) {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:%d/health".formatted(port))
                    .toURL()
                    .openConnection();
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Of HTTP. */
    int port() {
        return port;
    }

    /** Of gRPC, where the server speaks it. */
    int grpcPort() {
        return grpcPort.orElseThrow();
    }

    /** From the start of the process to its first answer. */
    double startSeconds() {
        return startSeconds;
    }

    /** What the process has resident now. */
    double residentMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / KILOBYTES)
                .findFirst()
                .orElseThrow(() -> new IOException("The process tells no VmRSS"));
    }

    /** Ends the process and those it started. */
    @Override
    public void close() {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        workers.forEach(ProcessHandle::destroyForcibly);
    }
}
