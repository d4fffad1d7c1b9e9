package dev.manciple.server;

import dev.manciple.error.InvalidRequestException;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A port that speaks gRPC, with health and reflection. It has a server of its own, since that of the port of HTTP (Helidon's, 4.5)
 * turns away clients that spell the path of a request out in full, which is how those in Python send it.
 */
final class GrpcServer implements AutoCloseable {
    /** Streams of one connection, as a multiple of the calls that run: who asks too much is to be told, not held back. */
    static final int STREAMS_PER_CALL = 8;

    /** Enough for most questions to come whole without a word from the server. */
    private static final int WINDOW_BYTES = 1 << 20;

    /** Clients that look more often whether the connection stands are told off. */
    private static final Duration SHORTEST_KEEP_ALIVE = Duration.ofSeconds(10);

    private final Server server;
    private final HealthStatusManager health;
    private final QuestionDeadline questions;
    private final EventLoopGroup network;
    private final ExecutorService calls;
    private final Duration drain;
    private final AtomicBoolean leaving = new AtomicBoolean();

    private GrpcServer(
            Server server,
            HealthStatusManager health,
            QuestionDeadline questions,
            EventLoopGroup network,
            ExecutorService calls,
            Duration drain) {
        this.server = server;
        this.health = health;
        this.questions = questions;
        this.network = network;
        this.calls = calls;
        this.drain = drain;
    }

    /** Makes the services of a server. */
    @FunctionalInterface
    interface Services {
        /** @param threads gives each call one of its own; the one that asks for it belongs to the network, and must not wait */
        List<ServerServiceDefinition> of(Executor threads);
    }

    /**
     * Starts to listen.
     *
     * @param server whose port it is, to begin a sentence with
     * @param tls files that are known to be good
     * @param limits of which the size of a message and the patience with those who are silent are kept here
     * @param drain how long calls that run get to end
     * @throws InvalidRequestException if the address cannot be bound
     */
    static GrpcServer start(
            String server,
            InetSocketAddress address,
            Optional<ServerOptions.Tls> tls,
            ServerOptions.Limits limits,
            Duration drain,
            Services services) {
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        HealthStatusManager health = new HealthStatusManager();
        QuestionDeadline questions = new QuestionDeadline(limits.idle());
        EventLoopGroup network =
                new NioEventLoopGroup(networkThreads(), new DefaultThreadFactory("grpc-network", true));
        try {
            List<ServerServiceDefinition> definitions = services.of(calls);
            Server started = NettyServerBuilder.forAddress(address, credentials(tls))
                    .directExecutor()
                    .channelType(NioServerSocketChannel.class)
                    .bossEventLoopGroup(network)
                    .workerEventLoopGroup(network)
                    .maxInboundMessageSize((int) Math.min(limits.bodyBytes(), Integer.MAX_VALUE))
                    .maxConcurrentCallsPerConnection(STREAMS_PER_CALL * limits.concurrentRequests())
                    .flowControlWindow(WINDOW_BYTES)
                    .handshakeTimeout(limits.idle().toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveTime(limits.idle().toNanos(), TimeUnit.NANOSECONDS)
                    .permitKeepAliveTime(SHORTEST_KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .intercept(questions)
                    .addServices(definitions)
                    .addService(health.getHealthService())
                    .addService(ProtoReflectionServiceV1.newInstance())
                    .addService(olderReflection())
                    .build()
                    .start();
            definitions.forEach(
                    service -> health.setStatus(service.getServiceDescriptor().getName(), ServingStatus.SERVING));
            return new GrpcServer(started, health, questions, network, calls, drain);
        } catch (RuntimeException e) {
            end(questions, network, calls);
            throw e;
        } catch (IOException e) {
            end(questions, network, calls);
            throw Listening.failed(server, address.getHostString(), address.getPort(), e);
        }
    }

    /** By the name v1alpha, the only one that Feast's servers and older clients, such as those in Python, have for it. */
    @SuppressWarnings("deprecation")
    private static BindableService olderReflection() {
        return ProtoReflectionService.newInstance();
    }

    /**
     * They only move bytes. Waking one for an answer costs more than moving it, and one that is busy with another connection need
     * not be woken, so fewer answer more.
     */
    private static int networkThreads() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    /** The last work is done; the rest need not be waited for. */
    private static void end(QuestionDeadline questions, EventLoopGroup network, ExecutorService calls) {
        calls.shutdownNow();
        questions.close();
        Future<?> unused = network.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private static ServerCredentials credentials(Optional<ServerOptions.Tls> tls) throws IOException {
        if (tls.isEmpty()) {
            return InsecureServerCredentials.create();
        }
        ServerOptions.Tls files = tls.get();
        TlsServerCredentials.Builder credentials = TlsServerCredentials.newBuilder();
        try (InputStream certificate = Files.newInputStream(files.certificate());
                InputStream key = TlsFiles.key(files)) {
            credentials.keyManager(certificate, key);
        }
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

    /** Tells who asks for the health that calls should go elsewhere; takes them all the same. */
    void leave() {
        if (leaving.compareAndSet(false, true)) {
            health.enterTerminalState();
        }
    }

    /** Takes no more calls, waits for those that run, as long as they may take, and ends the others. */
    @Override
    public void close() {
        leave();
        server.shutdown();
        try {
            if (!server.awaitTermination(drain.toNanos(), TimeUnit.NANOSECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        end(questions, network, calls);
    }
}
