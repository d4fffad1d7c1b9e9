package dev.manciple.server.grpc;

import com.google.protobuf.Message;
import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.Admission;
import dev.manciple.server.FeastErrors;
import dev.manciple.server.Frames;
import dev.manciple.server.Metrics;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.Writing;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.proto.GrpcServerProto.PushRequest;
import dev.manciple.wire.proto.GrpcServerProto.PushResponse;
import dev.manciple.wire.proto.GrpcServerProto.WriteToOnlineStoreRequest;
import dev.manciple.wire.proto.GrpcServerProto.WriteToOnlineStoreResponse;
import dev.manciple.wire.proto.ServingServiceProto.GetFeastServingInfoRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetFeastServingInfoResponse;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import dev.manciple.wire.proto.ValueProto;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code feast.serving.ServingService} and {@code GrpcFeatureServer} (Feast: online serving, 6). Thread-safe; borrows everything
 * it is given. A request beyond the limits ends with {@code RESOURCE_EXHAUSTED} at once.
 */
public final class OnlineServices {
    private static final Logger LOG = LoggerFactory.getLogger(OnlineServices.class);
    private static final String SERVING = "feast.serving.ServingService";

    /** In no package, as Feast has it. */
    private static final String FEATURE_SERVER = "GrpcFeatureServer";

    private final FeatureStore store;
    private final Writing writing;
    private final BufferAllocator allocator;
    private final ServerOptions.Limits limits;
    private final Admission admission;
    private final Metrics metrics;
    private final boolean feastStatuses;
    private final String version;

    /**
     * @param feastStatuses whether answers have the statuses of Feast's Python server
     * @param version what {@code GetFeastServingInfo} answers
     */
    public OnlineServices(
            FeatureStore store,
            Writing writing,
            BufferAllocator allocator,
            ServerOptions.Limits limits,
            Admission admission,
            Metrics metrics,
            boolean feastStatuses,
            String version) {
        this.store = store;
        this.writing = writing;
        this.allocator = allocator;
        this.limits = limits;
        this.admission = admission;
        this.metrics = metrics;
        this.feastStatuses = feastStatuses;
        this.version = version;
    }

    /** The services, to be added to a server. */
    public List<ServerServiceDefinition> definitions() {
        return List.of(
                ServerServiceDefinition.builder(SERVING)
                        .addMethod(unary(
                                SERVING,
                                "GetFeastServingInfo",
                                GetFeastServingInfoRequest.getDefaultInstance(),
                                ProtoUtils.marshaller(GetFeastServingInfoResponse.getDefaultInstance()),
                                this::info))
                        .addMethod(onlineFeatures(SERVING))
                        .build(),
                ServerServiceDefinition.builder(FEATURE_SERVER)
                        .addMethod(onlineFeatures(FEATURE_SERVER))
                        .addMethod(unary(
                                FEATURE_SERVER,
                                "Push",
                                PushRequest.getDefaultInstance(),
                                ProtoUtils.marshaller(PushResponse.getDefaultInstance()),
                                this::push))
                        .addMethod(unary(
                                FEATURE_SERVER,
                                "WriteToOnlineStore",
                                WriteToOnlineStoreRequest.getDefaultInstance(),
                                ProtoUtils.marshaller(WriteToOnlineStoreResponse.getDefaultInstance()),
                                this::write))
                        .build());
    }

    private ServerMethodDefinition<GetOnlineFeaturesRequest, OnlineFeatures> onlineFeatures(String service) {
        ServerMethodDefinition<GetOnlineFeaturesRequest, OnlineFeatures> method = unary(
                service,
                "GetOnlineFeatures",
                GetOnlineFeaturesRequest.getDefaultInstance(),
                new OnlineResponses(),
                this::onlineFeatures);
        return method.withServerCallHandler(new DetailsHandler<>(method.getServerCallHandler()));
    }

    private <Q extends Message, A> ServerMethodDefinition<Q, A> unary(
            String service, String name, Q request, MethodDescriptor.Marshaller<A> answers, Function<Q, A> call) {
        MethodDescriptor<Q, A> method = MethodDescriptor.<Q, A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(answers)
                .build();
        Metrics.Route measured = metrics.route(method.getFullMethodName());
        return ServerMethodDefinition.create(
                method,
                ServerCalls.asyncUnaryCall((question, out) -> run(measured, out, () -> call.apply(question))));
    }

    private <A> void run(Metrics.Route measured, StreamObserver<A> out, Supplier<A> answer) {
        long began = System.nanoTime();
        Status status;
        if (admission.enter()) {
            try {
                status = answer(measured.name(), out, answer);
            } finally {
                admission.leave();
            }
        } else {
            status = Status.RESOURCE_EXHAUSTED.withDescription(admission.refusal());
        }
        if (!status.isOk()) {
            out.onError(status.asRuntimeException());
        }
        measured.answered(status.getCode().value(), System.nanoTime() - began);
    }

    private static <A> Status answer(String method, StreamObserver<A> out, Supplier<A> answer) {
        try {
            out.onNext(answer.get());
            out.onCompleted();
            return Status.OK;
        } catch (FeatureStoreException e) {
            return status(e).withDescription(e.getMessage());
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        } catch (RuntimeException e) {
            LOG.error("{} failed", method, e);
            return Status.INTERNAL.withDescription("The server failed to answer; its log has the reason");
        }
    }

    private static Status status(FeatureStoreException failure) {
        return switch (FeastErrors.status(failure)) {
            case 400, 422 -> Status.INVALID_ARGUMENT;
            case 404 -> Status.NOT_FOUND;
            case 409 -> Status.ABORTED;
            case 503 -> Status.UNAVAILABLE;
            default -> Status.INTERNAL;
        };
    }

    private GetFeastServingInfoResponse info(GetFeastServingInfoRequest request) {
        return GetFeastServingInfoResponse.newBuilder().setVersion(version).build();
    }

    private OnlineFeatures onlineFeatures(GetOnlineFeaturesRequest request) {
        Map<String, List<Value>> entities = new LinkedHashMap<>();
        request.getEntitiesMap().forEach((column, values) -> entities.put(column, values(column, values)));
        request.getRequestContextMap().forEach((column, values) -> entities.put(column, values(column, values)));
        OnlineFeatures answer = store.onlineFeatures(
                selection(request), entities, new OnlineOptions(request.getFullFeatureNames(), false, feastStatuses));
        metrics.onlineRead(
                entities.isEmpty() ? 1 : entities.values().iterator().next().size());
        metrics.unanswered(answer.failures());
        return answer;
    }

    private List<Value> values(String column, ValueProto.RepeatedValue values) {
        if (values.getValCount() > limits.rows()) {
            throw new InvalidRequestException("'%s' has %,d rows; one request may have %,d. Send several requests"
                    .formatted(column, values.getValCount(), limits.rows()));
        }
        return values.getValList().stream().map(OnlineServices::value).toList();
    }

    private static Value value(ValueProto.Value value) {
        return ValueCodec.decode(value.toByteArray());
    }

    private static FeatureSelection selection(GetOnlineFeaturesRequest request) {
        return switch (request.getKindCase()) {
            case FEATURE_SERVICE -> new FeatureSelection.Service(request.getFeatureService());
            case FEATURES -> FeatureSelection.parse(request.getFeatures().getValList());
            case KIND_NOT_SET ->
                throw new InvalidRequestException("Neither 'features' nor 'feature_service' says what to read");
        };
    }

    private PushResponse push(PushRequest request) {
        Map<String, List<Value>> row = row(request.getFeaturesMap(), request.getTypedFeaturesMap());
        String to = request.getTo().isEmpty() ? "online" : request.getTo();
        writing.push(
                request.getStreamFeatureView(),
                to,
                request.getAllowRegistryCache(),
                views -> Frames.ofValues(allocator, views, row));
        metrics.push(request.getStreamFeatureView(), to);
        return PushResponse.newBuilder().setStatus(true).build();
    }

    private WriteToOnlineStoreResponse write(WriteToOnlineStoreRequest request) {
        Map<String, List<Value>> row = row(request.getFeaturesMap(), request.getTypedFeaturesMap());
        writing.writeOnline(
                request.getFeatureViewName(),
                request.getAllowRegistryCache(),
                views -> Frames.ofValues(allocator, views, row));
        return WriteToOnlineStoreResponse.newBuilder().setStatus(true).build();
    }

    /** One row, by column. */
    private static Map<String, List<Value>> row(Map<String, String> texts, Map<String, ValueProto.Value> typed) {
        if (!texts.isEmpty() && !typed.isEmpty()) {
            throw new InvalidRequestException("Only one of features or typed_features may be set, not both");
        }
        Map<String, List<Value>> row = new LinkedHashMap<>();
        texts.forEach((column, text) -> row.put(column, List.of(new Value.Text(text))));
        typed.forEach((column, value) -> row.put(column, List.of(value(value))));
        return row;
    }
}
