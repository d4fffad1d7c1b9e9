package dev.manciple.server;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.http.Patience;
import dev.manciple.server.registry.Datasets;
import dev.manciple.server.registry.RegistryApi;
import dev.manciple.server.registry.RegistryServices;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves a registry to Feast's clients and Manciple's, over gRPC and, if asked to, REST. Borrows the registry: whoever made it
 * closes it, after this. Closing first answers everybody who asks, until nobody does any more or
 * {@link RegistryServerOptions#drain} is over, and stops the jobs that make datasets.
 */
public final class RegistryServer implements Server {
    private static final String NAME = "The registry server";

    private final Optional<GrpcServer> grpc;
    private final Optional<WebServer> rest;
    private final Datasets datasets;
    private final RegistryServerOptions options;
    private final Admission admission;
    private final Patience patience;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RegistryServer(
            Optional<GrpcServer> grpc,
            Optional<WebServer> rest,
            Datasets datasets,
            RegistryServerOptions options,
            Admission admission,
            Patience patience) {
        this.grpc = grpc;
        this.rest = rest;
        this.datasets = datasets;
        this.options = options;
        this.admission = admission;
        this.patience = patience;
    }

    /** Starts to listen, and lets everybody in. */
    public static RegistryServer start(StoredRegistry registry, RegistryServerOptions options) {
        return start(registry, AccessControl.open(), options);
    }

    /**
     * Starts to listen, in a process of its own.
     *
     * @param access whom to let in; not closed
     */
    public static RegistryServer start(StoredRegistry registry, AccessControl access, RegistryServerOptions options) {
        return start(registry, Commons.of(access), options);
    }

    /** As {@link #start(StoredRegistry, Commons, Optional, RegistryServerOptions)}, and makes no datasets. */
    public static RegistryServer start(StoredRegistry registry, Commons commons, RegistryServerOptions options) {
        return start(registry, commons, Optional.empty(), options);
    }

    /**
     * Starts to listen.
     *
     * @param home what datasets are made with, and where; empty for a server that makes none
     * @throws InvalidRequestException if there is nothing to serve, an address cannot be bound, or a file of TLS is no good
     */
    public static RegistryServer start(
            StoredRegistry registry, Commons commons, Optional<DatasetHome> home, RegistryServerOptions options) {
        if (options.grpcPort().isEmpty() && options.restPort().isEmpty()) {
            throw new InvalidRequestException("A registry server without gRPC and without REST has nothing to serve");
        }
        Listening listening = new Listening(NAME, options.host(), options.tls(), options.limits(), options.drain());
        Admission admission = new Admission(options.limits().concurrentRequests());
        commons.metrics().running("registry", admission);
        Patience patience = new Patience(options.limits().idle());
        InstantSource clock = InstantSource.system();
        Datasets datasets = new Datasets(registry, home, options.limits(), clock);
        Optional<GrpcServer> grpc = Optional.empty();
        try {
            RegistryApi api =
                    new RegistryApi(registry, datasets, commons, admission, patience, options.limits(), clock);
            grpc = options.grpcPort()
                    .map(port -> listening.grpc(
                            port,
                            threads -> new RegistryServices(registry, datasets, commons, admission, clock, threads)
                                    .definitions()));
            Optional<WebServer> rest = options.restPort()
                    .map(port -> listening.http(
                            port, HttpRouting.builder().register(RegistryApi.PREFIX, api), patience.heads()));
            return new RegistryServer(grpc, rest, datasets, options, admission, patience);
        } catch (RuntimeException e) {
            grpc.ifPresent(GrpcServer::close);
            datasets.close();
            patience.close();
            throw e;
        }
    }

    /** The port of gRPC, if it is served. */
    public Optional<Integer> grpcPort() {
        return grpc.map(GrpcServer::port);
    }

    /** The port of REST, if it is served. */
    public Optional<Integer> restPort() {
        return rest.map(WebServer::port);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            grpc.ifPresent(GrpcServer::leave);
            admission.drain(options.drain());
            rest.ifPresent(WebServer::stop);
            grpc.ifPresent(GrpcServer::close);
            datasets.close();
            patience.close();
        }
    }
}
