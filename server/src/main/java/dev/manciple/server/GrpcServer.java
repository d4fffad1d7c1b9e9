package dev.manciple.server;

import dev.manciple.error.InvalidRequestException;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A port that speaks gRPC only, with health and reflection. It has a server of its own, not Helidon's: that one (4.5) turns away
 * clients that spell the path of a request out in full, which is how those in Python send it. Calls run on virtual threads.
 */
final class GrpcServer implements AutoCloseable {
    private final Server server;
    private final ExecutorService calls;
    private final Duration drain;

    private GrpcServer(Server server, ExecutorService calls, Duration drain) {
        this.server = server;
        this.calls = calls;
        this.drain = drain;
    }

    /**
     * Starts to listen.
     *
     * @param server whose port it is, to begin a sentence with
     * @param tls files that are known to be good
     * @param largestMessage in bytes
     * @param drain how long calls that run get to end
     * @throws InvalidRequestException if the address cannot be bound
     */
    static GrpcServer start(
            String server,
            InetSocketAddress address,
            Optional<ServerOptions.Tls> tls,
            long largestMessage,
            Duration drain,
            List<ServerServiceDefinition> services) {
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        try {
            Server started = NettyServerBuilder.forAddress(address, credentials(tls))
                    .executor(calls)
                    .maxInboundMessageSize((int) Math.min(largestMessage, Integer.MAX_VALUE))
                    .addServices(services)
                    .addService(new HealthStatusManager().getHealthService())
                    .addService(ProtoReflectionServiceV1.newInstance())
                    .build()
                    .start();
            return new GrpcServer(started, calls, drain);
        } catch (IOException e) {
            calls.shutdownNow();
            throw Listening.failed(server, address.getHostString(), address.getPort(), e);
        }
    }

    private static ServerCredentials credentials(Optional<ServerOptions.Tls> tls) throws IOException {
        if (tls.isEmpty()) {
            return InsecureServerCredentials.create();
        }
        ServerOptions.Tls files = tls.get();
        TlsServerCredentials.Builder credentials = TlsServerCredentials.newBuilder()
                .keyManager(files.certificate().toFile(), files.key().toFile());
        if (files.clientAuthorities().isPresent()) {
            credentials
                    .trustManager(files.clientAuthorities().get().toFile())
                    .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
        }
        return credentials.build();
    }

    int port() {
        return server.getPort();
    }

    /** Takes no more calls; those that run go on. */
    void stopListening() {
        server.shutdown();
    }

    /** Waits for the calls that run, as long as they may take, and ends the others. */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(drain.toNanos(), TimeUnit.NANOSECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        calls.shutdownNow();
    }
}
