package dev.manciple.server.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
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
    private final Failures<Message> failures;
    private final List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();

    /** What one method answers. */
    @FunctionalInterface
    public interface Method<Q, A> {
        /** @throws FeatureStoreException which the caller is told of as {@link Failures} say */
        A answer(Call call, Q question);
    }

    /** Takes the bytes of a question for one. */
    @FunctionalInterface
    interface Questions<Q> {
        /**
         * @throws InvalidProtocolBufferException if the bytes are none
         * @throws FeatureStoreException if what is asked is wrong
         */
        Q read(byte[] bytes) throws InvalidProtocolBufferException;
    }

    /** What callers are told of failures. */
    @FunctionalInterface
    public interface Failures<Q> {
        Status status(FeatureStoreException failure, Q question);
    }

    /** @param file that declares the service, for those who ask by reflection */
    public UnaryService(String name, FileDescriptor file, UnaryCalls calls, Failures<Message> failures) {
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
        return add(method, questions(question), ProtoUtils.marshaller(answer), handler, failures::status);
    }

    /** The parser of a message's type makes messages of that type. */
    @SuppressWarnings("unchecked")
    private static <Q extends Message> Questions<Q> questions(Q type) {
        return bytes -> (Q) type.getParserForType().parseFrom(bytes);
    }

    /**
     * @param questions reads what is asked
     * @param answers writes what is answered
     */
    <Q, A> UnaryService add(
            String method,
            Questions<Q> questions,
            MethodDescriptor.Marshaller<A> answers,
            Method<Q, A> handler,
            Failures<Q> failures) {
        MethodDescriptor<byte[], A> descriptor = MethodDescriptor.<byte[], A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(name, method))
                .setRequestMarshaller(UnaryMethod.Bytes.INSTANCE)
                .setResponseMarshaller(answers)
                .build();
        methods.add(ServerMethodDefinition.create(
                descriptor, new UnaryMethod<>(descriptor.getFullMethodName(), questions, handler, failures, calls)));
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
