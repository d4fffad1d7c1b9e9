package dev.manciple.server;

import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import dev.manciple.wire.proto.EntityProto.Entity;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.RegistryServerProto.ApplyEntityRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListEntitiesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListEntitiesResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.Optional;

/** Calls a registry server over a connection of its own, as one of Feast's clients. */
final class RegistryClient implements AutoCloseable {
    private final ManagedChannel channel;

    RegistryClient(int port) {
        this(port, Optional.empty());
    }

    /** @param token to show with every call */
    RegistryClient(int port, Optional<String> token) {
        Metadata headers = new Metadata();
        token.ifPresent(each ->
                headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + each));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .build();
    }

    ManagedChannel channel() {
        return channel;
    }

    <Q extends Message, A extends Message> A call(String method, Q request, A answer) {
        return call("feast.registry.RegistryServer", method, request, answer);
    }

    <Q extends Message, A extends Message> A call(String service, String method, Q request, A answer) {
        MethodDescriptor<Q, A> descriptor = MethodDescriptor.<Q, A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method))
                .setRequestMarshaller(marshaller(request))
                .setResponseMarshaller(marshaller(answer))
                .build();
        return ClientCalls.blockingUnaryCall(channel, descriptor, CallOptions.DEFAULT, request);
    }

    @SuppressWarnings("unchecked")
    private static <M extends Message> MethodDescriptor.Marshaller<M> marshaller(M message) {
        return (MethodDescriptor.Marshaller<M>) ProtoUtils.marshaller(message.getDefaultInstanceForType());
    }

    void apply(String project, Entity entity) {
        call(
                "ApplyEntity",
                ApplyEntityRequest.newBuilder()
                        .setEntity(entity)
                        .setProject(project)
                        .build(),
                Empty.getDefaultInstance());
    }

    void apply(String project, FeatureView view) {
        call(
                "ApplyFeatureView",
                ApplyFeatureViewRequest.newBuilder()
                        .setFeatureView(view)
                        .setProject(project)
                        .build(),
                Empty.getDefaultInstance());
    }

    FeatureView featureView(String project, String name) {
        return call(
                "GetFeatureView",
                GetFeatureViewRequest.newBuilder()
                        .setProject(project)
                        .setName(name)
                        .build(),
                FeatureView.getDefaultInstance());
    }

    ListEntitiesResponse entities(ListEntitiesRequest request) {
        return call("ListEntities", request, ListEntitiesResponse.getDefaultInstance());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
