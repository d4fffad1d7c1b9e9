package dev.manciple.server.grpc;

import com.google.protobuf.Message;
import dev.manciple.FeatureSelection;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Permission.Action;
import dev.manciple.server.Backend;
import dev.manciple.server.FeastErrors;
import dev.manciple.server.Frames;
import dev.manciple.server.Metrics;
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
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.StreamObserver;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
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

    private final Backend backend;
    private final UnaryCalls calls;
    private final Metrics metrics;
    private final String version;

    /** @param version what {@code GetFeastServingInfo} answers */
    public OnlineServices(Backend backend, String version) {
        this.backend = backend;
        this.calls = new UnaryCalls(backend.telemetry(), backend.admission());
        this.metrics = backend.metrics();
        this.version = version;
    }

    /** The services, to be added to a server. */
    public List<ServerServiceDefinition> definitions() {
        return services().stream()
                .map(service -> ServerInterceptors.intercept(service, new AccessInterceptor(backend.access())))
                .toList();
    }

    private List<ServerServiceDefinition> services() {
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
        String full = method.getFullMethodName();
        return ServerMethodDefinition.create(
                method, calls.<Q, A>handler(full, (question, out) -> answer(full, out, () -> call.apply(question))));
    }

    private static <A> Status answer(String method, StreamObserver<A> out, Supplier<A> answer) {
        try {
            out.onNext(answer.get());
            out.onCompleted();
            return Status.OK;
        } catch (FeatureStoreException e) {
            return FeastErrors.code(e).toStatus().withDescription(e.getMessage());
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        } catch (RuntimeException e) {
            LOG.error("{} failed", method, e);
            return Status.INTERNAL.withDescription("The server failed to answer; its log has the reason");
        }
    }

    private GetFeastServingInfoResponse info(GetFeastServingInfoRequest request) {
        return GetFeastServingInfoResponse.newBuilder().setVersion(version).build();
    }

    private OnlineFeatures onlineFeatures(GetOnlineFeaturesRequest request) {
        FeatureSelection selection = selection(request);
        backend.checks().read(AccessInterceptor.caller(), selection, Action.READ_ONLINE);
        Map<String, List<Value>> entities = new LinkedHashMap<>();
        request.getEntitiesMap().forEach((column, values) -> entities.put(column, values(column, values)));
        request.getRequestContextMap().forEach((column, values) -> entities.put(column, values(column, values)));
        OnlineFeatures answer = backend.store()
                .onlineFeatures(
                        selection,
                        entities,
                        new OnlineOptions(
                                request.getFullFeatureNames(),
                                false,
                                backend.options().conduct().feastStatuses()));
        metrics.onlineRead(
                entities.isEmpty() ? 1 : entities.values().iterator().next().size());
        metrics.unanswered(answer.failures());
        return answer;
    }

    private List<Value> values(String column, ValueProto.RepeatedValue values) {
        int most = backend.options().limits().rows();
        if (values.getValCount() > most) {
            throw new InvalidRequestException("'%s' has %,d rows; one request may have %,d. Send several requests"
                    .formatted(column, values.getValCount(), most));
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
        String to = request.getTo().isEmpty() ? "online" : request.getTo();
        backend.checks()
                .push(
                        AccessInterceptor.caller(),
                        request.getStreamFeatureView(),
                        request.getAllowRegistryCache(),
                        Writing.actions(to));
        Map<String, List<Value>> row = row(request.getFeaturesMap(), request.getTypedFeaturesMap());
        backend.writing()
                .push(
                        request.getStreamFeatureView(),
                        to,
                        request.getAllowRegistryCache(),
                        views -> Frames.ofValues(backend.allocator(), views, row));
        metrics.push(request.getStreamFeatureView(), to);
        return PushResponse.newBuilder().setStatus(true).build();
    }

    private WriteToOnlineStoreResponse write(WriteToOnlineStoreRequest request) {
        backend.checks()
                .views(
                        AccessInterceptor.caller(),
                        List.of(request.getFeatureViewName()),
                        EnumSet.of(Action.WRITE_ONLINE));
        Map<String, List<Value>> row = row(request.getFeaturesMap(), request.getTypedFeaturesMap());
        backend.writing()
                .writeOnline(
                        request.getFeatureViewName(),
                        request.getAllowRegistryCache(),
                        views -> Frames.ofValues(backend.allocator(), views, row));
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
