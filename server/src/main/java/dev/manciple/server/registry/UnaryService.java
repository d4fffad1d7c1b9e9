package dev.manciple.server.registry;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.server.grpc.UnaryCalls;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the methods of one service of gRPC, each a question and an answer; their failures become statuses. */
final class UnaryService {
    private static final Logger LOG = LoggerFactory.getLogger(UnaryService.class);

    private final String name;
    private final FileDescriptor file;
    private final UnaryCalls calls;
    private final List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();

    /** @param file that declares the service, for those who ask by reflection */
    UnaryService(String name, FileDescriptor file, UnaryCalls calls) {
        this.name = name;
        this.file = file;
        this.calls = calls;
    }

    /**
     * @param request of the type asked with
     * @param answer of the type answered with
     */
    <Q extends Message, A extends Message> UnaryService add(
            String method, Q request, A answer, Function<Q, A> handler) {
        MethodDescriptor<Received<Q>, A> descriptor = MethodDescriptor.<Received<Q>, A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(name, method))
                .setRequestMarshaller(new Receiver<>(request))
                .setResponseMarshaller(ProtoUtils.marshaller(answer))
                .build();
        methods.add(ServerMethodDefinition.create(
                descriptor,
                calls.<Received<Q>, A>handler(
                        descriptor.getFullMethodName(), (question, out) -> run(method, question, out, handler))));
        return this;
    }

    ServerServiceDefinition build() {
        ServiceDescriptor.Builder service =
                ServiceDescriptor.newBuilder(name).setSchemaDescriptor((ProtoFileDescriptorSupplier) () -> file);
        methods.forEach(method -> service.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service.build());
        methods.forEach(definition::addMethod);
        return definition.build();
    }

    /** A request, unless its bytes were none: then there is nobody to tell but the handler. */
    private record Received<Q>(Optional<Q> message) {}

    /** Never fails, so that the caller is told what was wrong. */
    private record Receiver<Q extends Message>(Q type) implements MethodDescriptor.Marshaller<Received<Q>> {
        /** The parser of a message's type makes messages of that type. */
        @SuppressWarnings("unchecked")
        @Override
        public Received<Q> parse(InputStream stream) {
            try {
                return new Received<>(Optional.of((Q) type.getParserForType().parseFrom(stream)));
            } catch (IOException e) {
                return new Received<>(Optional.empty());
            }
        }

        /** A server receives requests only. */
        @Override
        public InputStream stream(Received<Q> value) {
            throw new UnsupportedOperationException("A server sends no requests");
        }
    }

    private static <Q extends Message, A extends Message> Status run(
            String method, Received<Q> request, StreamObserver<A> out, Function<Q, A> handler) {
        return request.message()
                .map(message -> answer(method, message, out, handler))
                .orElse(Status.INVALID_ARGUMENT.withDescription(
                        "The bytes of the request are not those of a request of %s".formatted(method)));
    }

    private static <Q extends Message, A extends Message> Status answer(
            String method, Q request, StreamObserver<A> out, Function<Q, A> handler) {
        try {
            out.onNext(handler.apply(request));
            out.onCompleted();
            return Status.OK;
        } catch (FeatureStoreException e) {
            return RegistryErrors.status(e, request);
        } catch (RuntimeException e) {
            LOG.error("{} failed", method, e);
            return Status.INTERNAL.withDescription("The server failed to answer; its log has the reason");
        }
    }
}
