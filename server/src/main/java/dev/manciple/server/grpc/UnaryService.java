package dev.manciple.server.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import dev.manciple.error.FeatureStoreException;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import java.util.ArrayList;
import java.util.List;

/** Collects the methods of one service of gRPC, each a question and an answer; their failures become statuses. */
public final class UnaryService {
    private final String name;
    private final FileDescriptor file;
    private final UnaryCalls calls;
    private final Failures failures;
    private final List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();

    /** What one method answers. */
    @FunctionalInterface
    public interface Method<Q, A> {
        /** @throws FeatureStoreException which the caller is told of as {@link Failures} say */
        A answer(Call call, Q question);
    }

    /** What callers are told of failures. */
    @FunctionalInterface
    public interface Failures {
        Status status(FeatureStoreException failure, Message question);
    }

    /** @param file that declares the service, for those who ask by reflection */
    public UnaryService(String name, FileDescriptor file, UnaryCalls calls, Failures failures) {
        this.name = name;
        this.file = file;
        this.calls = calls;
        this.failures = failures;
    }

    /**
     * @param question of the type asked with
     * @param answer of the type answered with
     */
    public <Q extends Message, A extends Message> UnaryService add(
            String method, Q question, A answer, Method<Q, A> handler) {
        return add(method, question, ProtoUtils.marshaller(answer), handler);
    }

    /**
     * @param question of the type asked with
     * @param answers writes what is answered
     */
    <Q extends Message, A> UnaryService add(
            String method, Q question, MethodDescriptor.Marshaller<A> answers, Method<Q, A> handler) {
        MethodDescriptor<byte[], A> descriptor = MethodDescriptor.<byte[], A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(name, method))
                .setRequestMarshaller(UnaryMethod.Bytes.INSTANCE)
                .setResponseMarshaller(answers)
                .build();
        methods.add(ServerMethodDefinition.create(
                descriptor, new UnaryMethod<>(descriptor.getFullMethodName(), question, handler, failures, calls)));
        return this;
    }

    /** The service, to be added to a server. */
    public ServerServiceDefinition build() {
        ServiceDescriptor.Builder service =
                ServiceDescriptor.newBuilder(name).setSchemaDescriptor((ProtoFileDescriptorSupplier) () -> file);
        methods.forEach(method -> service.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service.build());
        methods.forEach(definition::addMethod);
        return definition.build();
    }
}
