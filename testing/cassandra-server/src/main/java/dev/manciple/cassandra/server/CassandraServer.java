package dev.manciple.cassandra.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A Cassandra server in a child JVM, on free ports of the loopback interface, that asks for a user name and password
 * ({@link #USER}, {@link #PASSWORD}). It can be killed and started again with its data and ports. Used by one thread at a time.
 */
public final class CassandraServer implements AutoCloseable {
    /** The superuser every server starts with. */
    public static final String USER = "cassandra";

    public static final String PASSWORD = "cassandra";

    /** The data center of the one node. */
    public static final String DATACENTER = "datacenter1";

    private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);

    private final Path folder;
    private final int port;
    private final List<String> command;
    private Process process;

    private CassandraServer(Path folder, int port, List<String> command) {
        this.folder = folder;
        this.port = port;
        this.command = command;
        this.process = launch();
    }

    /** A store of keys that lets the server speak TLS, or ask clients for a certificate of their own. */
    public record Tls(Path keystore, String password, boolean asksForClientCertificates) {}

    /**
     * Starts a server without TLS and waits until it takes connections.
     *
     * @param folder where it keeps its files; created if needed, left behind
     */
    public static CassandraServer start(Path folder) {
        return start(folder, Optional.empty());
    }

    /** Starts a server, with TLS for its clients if a key is given, and waits until it takes connections. */
    public static CassandraServer start(Path folder, Optional<Tls> tls) {
        return start(folder, tls, true);
    }

    /** @param restarts whether it must still know its tables and rows after a {@link #kill}; making them takes longer then */
    static CassandraServer start(Path folder, Optional<Tls> tls, boolean restarts) {
        List<Integer> ports = freePorts(3);
        try {
            Files.createDirectories(folder);
            Path yaml = folder.resolve("cassandra.yaml");
            Files.writeString(yaml, yaml(folder, ports.get(0), ports.get(1), tls, restarts));
            Path logback = folder.resolve("logback.xml");
            Files.writeString(logback, logback(folder));
            CassandraServer server =
                    new CassandraServer(folder, ports.get(0), command(folder, yaml, logback, ports.get(2), restarts));
            server.waitUntilReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients connect. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public int port() {
        return port;
    }

    /** Ends the process at once, as a crash would. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Cassandra in %s does not die".formatted(folder));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Cassandra in %s was dying".formatted(folder), e);
        }
    }

    /** Starts a killed server again, with the data it had, and waits until it takes connections. */
    public void restart() {
        process = launch();
        waitUntilReady();
    }

    /** Stops the process where it stands: connections stay open and nothing answers. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets a frozen process go on. */
    public void thaw() {
        signal("CONT");
    }

    @Override
    public void close() {
        // A normal end would hold the ports for seconds, and the data is not wanted any more.
        kill();
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -%s ended with %d".formatted(name, code));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Process launch() {
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("output.log").toFile()))
                    .start();
            // A test run that is interrupted must not leave a server behind.
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void waitUntilReady() {
        long deadline = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (!accepts() || !hasSuperuser()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IllegalStateException("Cassandra did not start: " + lastOutput());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(address(), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The first start makes the user a moment after it takes connections. */
    private boolean hasSuperuser() {
        try {
            Path log = folder.resolve("system.log");
            return Files.exists(log) && Files.readString(log).contains("Created default superuser role");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> ports =
                    sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String yaml(Path folder, int port, int storagePort, Optional<Tls> tls, boolean restarts) {
        String encryption = tls.map(
                        with -> """
                client_encryption_options:
                  enabled: true
                  optional: false
                  keystore: "%1$s"
                  keystore_password: "%2$s"
                  require_client_auth: %3$s
                  truststore: "%1$s"
                  truststore_password: "%2$s"
                """.formatted(with.keystore(), with.password(), with.asksForClientCertificates()))
                .orElse("");
        // Written periodically, the log would lack the last writes that were acknowledged before a kill.
        String log = restarts ? """
                commitlog_sync: group
                commitlog_sync_group_window: 2ms
                """ : """
                commitlog_sync: periodic
                commitlog_sync_period: 10000ms
                """;
        // Timeouts are those of a machine that builds besides; the server's own are for one that does nothing else.
        return """
                cluster_name: tests
                num_tokens: 1
                partitioner: org.apache.cassandra.dht.Murmur3Partitioner
                endpoint_snitch: SimpleSnitch
                seed_provider:
                  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
                    parameters:
                      - seeds: "127.0.0.1:%1$d"
                listen_address: 127.0.0.1
                rpc_address: 127.0.0.1
                storage_port: %1$d
                native_transport_port: %2$d
                authenticator: PasswordAuthenticator
                authorizer: AllowAllAuthorizer
                auth_write_consistency_level: ONE
                commitlog_segment_size: 8MiB
                commitlog_total_space: 256MiB
                disk_access_mode: mmap_index_only
                hinted_handoff_enabled: false
                auto_snapshot: false
                read_request_timeout: 60s
                range_request_timeout: 60s
                write_request_timeout: 60s
                cas_contention_timeout: 60s
                truncate_request_timeout: 60s
                request_timeout: 60s
                memtable_heap_space: 64MiB
                memtable_offheap_space: 64MiB
                file_cache_size: 32MiB
                data_file_directories:
                  - "%3$s/data"
                commitlog_directory: "%3$s/commitlog"
                saved_caches_directory: "%3$s/saved_caches"
                hints_directory: "%3$s/hints"
                cdc_raw_directory: "%3$s/cdc_raw"
                """.formatted(storagePort, port, folder.toAbsolutePath()) + log + encryption;
    }

    private static String logback(Path folder) {
        return """
                <configuration>
                  <appender name="FILE" class="ch.qos.logback.core.FileAppender">
                    <file>%s/system.log</file>
                    <encoder><pattern>%%d %%-5level [%%thread] %%logger{0} %%msg%%n</pattern></encoder>
                  </appender>
                  <logger name="org.apache.cassandra.auth" level="INFO"/>
                  <root level="WARN"><appender-ref ref="FILE"/></root>
                </configuration>
                """.formatted(folder.toAbsolutePath());
    }

    private static List<String> command(Path folder, Path yaml, Path logback, int jmxPort, boolean restarts) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xms512m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        for (String exported : EXPORTED) {
            command.add("--add-exports=" + exported + "=ALL-UNNAMED");
        }
        for (String opened : OPENED) {
            command.add("--add-opens=" + opened + "=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-Dcassandra.config=" + yaml.toUri(),
                "-Dcassandra.storagedir=" + folder.toAbsolutePath(),
                "-Dcassandra-foreground=yes",
                "-Dcassandra.skip_wait_for_gossip_to_settle=0",
                "-Dcassandra.ring_delay_ms=1",
                "-Dcassandra.superuser_setup_delay_ms=0",
                "-Dcassandra.unsafesystem=" + !restarts,
                "-Dcassandra.jmx.local.port=" + jmxPort,
                "-Dlogback.configurationFile=" + logback.toUri(),
                "-Djdk.attach.allowAttachSelf=true",
                "-cp",
                classPath(),
                "org.apache.cassandra.service.CassandraDaemon"));
        return command;
    }

    /** This module's own classes come first: one of them stands in for a class of Cassandra's. */
    private static String classPath() {
        try (InputStream in = CassandraServer.class.getResourceAsStream("classpath.txt")) {
            if (in == null) {
                throw new IllegalStateException("The class path of Cassandra was not written: build this module first");
            }
            Path own = Path.of(CassandraServer.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return own
                    + System.getProperty("path.separator")
                    + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final List<String> EXPORTED = List.of(
            "java.base/jdk.internal.misc",
            "java.base/jdk.internal.ref",
            "java.base/sun.nio.ch",
            "java.base/java.lang.ref",
            "java.management.rmi/com.sun.jmx.remote.internal.rmi",
            "java.rmi/sun.rmi.registry",
            "java.rmi/sun.rmi.server",
            "java.sql/java.sql",
            "jdk.unsupported/sun.misc");

    private static final List<String> OPENED = List.of(
            "java.base/java.lang.module",
            "java.base/jdk.internal.loader",
            "java.base/jdk.internal.ref",
            "java.base/jdk.internal.reflect",
            "java.base/jdk.internal.math",
            "java.base/jdk.internal.module",
            "java.base/jdk.internal.util.jar",
            "java.base/sun.nio.ch",
            "java.base/java.io",
            "java.base/java.lang",
            "java.base/java.lang.reflect",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/java.util.concurrent.atomic",
            "java.base/java.nio",
            "jdk.management/com.sun.management.internal",
            "java.rmi/sun.rmi.transport.tcp");
}
