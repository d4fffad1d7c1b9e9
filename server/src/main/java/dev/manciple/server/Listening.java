package dev.manciple.server;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.http.Refusals;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;

/** How the ports of one server listen, which begins here or fails with a reason. Immutable. */
public final class Listening {
    /** How often silent connections are looked for. */
    private static final int LOOKS_PER_TIMEOUT = 10;

    /** The other ports, the stores and the files of the process need descriptors too. */
    private static final int DESCRIPTORS_PER_CONNECTION = 4;

    private static final int MOST_CONNECTIONS = 100_000;

    private final String server;
    private final String host;
    private final Optional<ServerOptions.Tls> files;
    private final Optional<Tls> tls;
    private final ServerOptions.Limits limits;
    private final Duration drain;

    /**
     * @param server which one, to begin a sentence with
     * @param host the address to bind
     * @param files empty for plain text
     * @param limits of which the patience with silent connections is kept here, and over gRPC the size of a message
     * @param drain how long requests that run get to end when a port is closed
     * @throws InvalidRequestException if a file of TLS is no good
     */
    Listening(
            String server,
            String host,
            Optional<ServerOptions.Tls> files,
            ServerOptions.Limits limits,
            Duration drain) {
        this.server = server;
        this.host = host;
        this.files = files;
        this.tls = files.map(TlsFiles::read);
        this.limits = limits;
        this.drain = drain;
    }

    /**
     * Opens a port of HTTP.
     *
     * @param port 0 for any free port
     * @param heads hears of the heads of requests
     * @throws InvalidRequestException if the address cannot be bound
     */
    WebServer http(int port, HttpRouting.Builder routing, Http1ConnectionListener heads) {
        return start(
                server,
                host,
                port,
                WebServer.builder()
                        .protocolsDiscoverServices(false)
                        .addProtocol(
                                Http1Config.builder().addReceiveListener(heads).build())
                        .idleConnectionTimeout(limits.idle())
                        .idleConnectionPeriod(limits.idle().dividedBy(LOOKS_PER_TIMEOUT))
                        .maxTcpConnections(connections())
                        // Sockets write an answer whole, channels in packets of 8 KB. But the web server's sockets of
                        // TLS do not insist on certificates of clients.
                        .useNio(tls.isPresent())
                        .connectionOptions(socket -> socket.tcpNoDelay(true))
                        .shutdownGracePeriod(drain)
                        // Without it nobody is told what was wrong with a request that reaches no route.
                        .errorHandling(
                                ErrorHandling.builder().includeEntity(true).build())
                        .directHandlers(Refusals.handlers())
                        .routing(routing)
                        .update(builder -> tls.ifPresent(builder::tls)));
    }

    /**
     * A web server that finds no descriptor for a connection stops to listen for good, so it may never come to that: those beyond
     * this many wait to be taken.
     */
    private static int connections() {
        long descriptors = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : MOST_CONNECTIONS;
        return Math.clamp(descriptors / DESCRIPTORS_PER_CONNECTION, 1, MOST_CONNECTIONS);
    }

    /**
     * Opens a port of gRPC.
     *
     * @param port 0 for any free port
     * @throws InvalidRequestException if the address cannot be bound
     */
    GrpcServer grpc(int port, GrpcServer.Services services) {
        return GrpcServer.start(server, new InetSocketAddress(host, port), files, limits, drain, services);
    }

    /**
     * Starts a server of HTTP.
     *
     * @param server which one, to begin a sentence with
     * @throws InvalidRequestException if the address cannot be bound
     */
    static WebServer start(String server, String host, int port, WebServerConfig.Builder config) {
        requireFree(server, host, port);
        try {
            WebServer started = config.host(host)
                    .port(port)
                    .shutdownHook(false)
                    .featuresDiscoverServices(false)
                    .build()
                    .start();
            if (!started.isRunning()) {
                throw new IllegalStateException("the web server did not start");
            }
            return started;
        } catch (RuntimeException e) {
            throw failed(server, host, port, e);
        }
    }

    /** Tried before the web server tries, which would log a page of its own about it. */
    private static void requireFree(String server, String host, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        try (ServerSocketChannel attempt = ServerSocketChannel.open()) {
            if (address.isUnresolved()) {
                throw new UnknownHostException("the host is not known");
            }
            attempt.bind(address);
        } catch (IOException e) {
            throw failed(server, host, port, e);
        }
    }

    /**
     * What to tell where an address cannot be bound.
     *
     * @param server which one, to begin a sentence with
     * @param cause the innermost of its causes is what is told
     */
    public static InvalidRequestException failed(String server, String host, int port, Exception cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new InvalidRequestException(
                "%s cannot listen on %s, port %d: %s. Choose another host or port"
                        .formatted(server, host, port, reason(root)),
                cause);
    }

    private static String reason(Throwable root) {
        if (root instanceof UnresolvedAddressException || root instanceof UnknownHostException) {
            return "the host is not known";
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
