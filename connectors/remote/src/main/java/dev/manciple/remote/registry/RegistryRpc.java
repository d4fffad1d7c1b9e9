package dev.manciple.remote.registry;

import com.google.protobuf.Message;
import dev.manciple.error.AccessException;
import dev.manciple.error.AccessException.Reason;
import dev.manciple.error.ConfigException;
import dev.manciple.error.ConflictException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.remote.ConnectFailure;
import dev.manciple.spi.Credentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls of one registry server, which end in Manciple's errors. Thread-safe; connects at the first call. */
final class RegistryRpc implements AutoCloseable {
    /** Long enough for a large registry over a slow line, short enough to notice that nobody answers. */
    private static final long DEADLINE_SECONDS = 60;

    /** Registries have megabytes, and some come in one message. */
    private static final int MOST_BYTES = 256 << 20;

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final String name;
    private final ManagedChannel channel;
    private final Credentials credentials;

    private RegistryRpc(String name, ManagedChannel channel, Credentials credentials) {
        this.name = name;
        this.channel = channel;
        this.credentials = credentials;
    }

    /**
     * @param credentials shown with every call
     * @param environment where the authorities of certificates may be named
     * @param folder what relative paths are relative to
     */
    static RegistryRpc open(
            RemoteRegistryConfig config, Credentials credentials, Map<String, String> environment, Path folder) {
        String name = "remote registry " + config.path();
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(
                        config.path(),
                        config.encrypted()
                                ? tls(name, config, environment, folder)
                                : InsecureChannelCredentials.create())
                .maxInboundMessageSize(MOST_BYTES);
        config.authority().ifPresent(builder::overrideAuthority);
        return new RegistryRpc(name, builder.build(), credentials);
    }

    private static ChannelCredentials tls(
            String name, RemoteRegistryConfig config, Map<String, String> environment, Path folder) {
        Path authorities = config.cert()
                .or(() -> Stream.of("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
                        .flatMap(variable -> Optional.ofNullable(environment.get(variable)).stream())
                        .findFirst()
                        .map(Path::of))
                .orElseThrow(
                        () -> new ConfigException(
                                name,
                                List.of(
                                        "is_tls without cert needs the authorities of the server's certificate: set cert, or the variable SSL_CERT_FILE or REQUESTS_CA_BUNDLE")));
        try {
            TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder()
                    .trustManager(folder.resolve(authorities).toFile());
            if (config.clientCert().isPresent() && config.clientKey().isPresent()) {
                credentials.keyManager(
                        folder.resolve(config.clientCert().get()).toFile(),
                        folder.resolve(config.clientKey().get()).toFile());
            }
            return credentials.build();
        } catch (IOException e) {
            throw new ConfigException(
                    name, List.of("the certificates of TLS cannot be read: %s".formatted(e.getMessage())));
        }
    }

    String name() {
        return name;
    }

    /** A call that changes nothing. */
    <Q extends Message, A extends Message> A read(
            String attempted, String service, String method, Q request, A answer) {
        try {
            return call(service, method, request, answer);
        } catch (StatusRuntimeException e) {
            throw failure(attempted, Outcome.NOT_APPLIED, e);
        }
    }

    /** A call that changes something, or nobody knows. */
    <Q extends Message, A extends Message> A write(
            String attempted, String service, String method, Q request, A answer) {
        try {
            return call(service, method, request, answer);
        } catch (StatusRuntimeException e) {
            throw failure(attempted, outcome(e.getStatus()), e);
        }
    }

    /** As {@link #read}, of something that may not be there, or of a method a server may not have. */
    <Q extends Message, A extends Message> Optional<A> readIfThere(
            String attempted, String service, String method, Q request, A answer) {
        try {
            return Optional.of(call(service, method, request, answer));
        } catch (StatusRuntimeException e) {
            return switch (e.getStatus().getCode()) {
                case NOT_FOUND, UNIMPLEMENTED -> Optional.empty();
                default -> throw failure(attempted, Outcome.NOT_APPLIED, e);
            };
        }
    }

    private <Q extends Message, A extends Message> A call(String service, String method, Q request, A answer) {
        MethodDescriptor<Q, A> descriptor = MethodDescriptor.<Q, A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method))
                .setRequestMarshaller(marshaller(request))
                .setResponseMarshaller(marshaller(answer))
                .build();
        Optional<String> token = credentials.bearerToken();
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            // Else a server that is back after a while is not looked for until a wait is over that grew to minutes.
            channel.resetConnectBackoff();
        }
        try {
            return ClientCalls.blockingUnaryCall(
                    token.map(this::authorized).orElse(channel),
                    descriptor,
                    CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS),
                    request);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNAUTHENTICATED) {
                token.ifPresent(credentials::rejected);
            }
            throw e;
        }
    }

    private Channel authorized(String token) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** A message does not tell its own type. */
    @SuppressWarnings("unchecked")
    private static <M extends Message> MethodDescriptor.Marshaller<M> marshaller(M message) {
        return (MethodDescriptor.Marshaller<M>) ProtoUtils.marshaller(message.getDefaultInstanceForType());
    }

    /** Whether a request that failed may have done its work all the same. */
    private static Outcome outcome(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL -> Outcome.MAYBE;
            default -> Outcome.NOT_APPLIED;
        };
    }

    private FeatureStoreException failure(String attempted, Outcome outcome, StatusRuntimeException failure) {
        Optional<String> untrusted = ConnectFailure.ofEncryption(failure);
        if (untrusted.isPresent()) {
            return new StoreException(
                    name, attempted, false, Outcome.NOT_APPLIED, new IOException(untrusted.get(), failure));
        }
        String said = (failure.getStatus().getCode() == Status.Code.UNAVAILABLE
                        ? ConnectFailure.ofReach(failure)
                        : Optional.<String>empty())
                .orElseGet(() -> said(failure.getStatus()));
        return switch (failure.getStatus().getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND, OUT_OF_RANGE ->
                new InvalidRequestException("%s refused to %s: %s".formatted(name, attempted, said), failure);
            case ABORTED -> new ConflictException(said);
            case UNAUTHENTICATED ->
                new AccessException(Reason.UNAUTHENTICATED, "%s: %s".formatted(name, said), failure);
            case PERMISSION_DENIED -> new AccessException(Reason.DENIED, "%s: %s".formatted(name, said), failure);
            default ->
                new StoreException(
                        name,
                        attempted,
                        failure.getStatus().getCode() == Status.Code.UNAVAILABLE
                                || failure.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED,
                        outcome,
                        new IOException(said, failure));
        };
    }

    /** What a server says of its failure: servers of Feast's protocol wrap it in the JSON of a Python class. */
    private static String said(Status status) {
        String text = status.getDescription() == null ? "" : status.getDescription();
        @Nullable Throwable cause = status.getCause();
        if (text.isEmpty() || cause != null) {
            return "%s%s%s"
                    .formatted(
                            status.getCode(),
                            text.isEmpty() ? "" : ", " + text,
                            cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")");
        }
        try {
            JsonNode message = JsonMapper.shared().readTree(text).path("message");
            return message.isString() ? message.asString() : text;
        } catch (JacksonException e) {
            return text;
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
