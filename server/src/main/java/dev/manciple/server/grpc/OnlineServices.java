package dev.manciple.server.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
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
import dev.manciple.wire.proto.GrpcServerProto;
import dev.manciple.wire.proto.GrpcServerProto.PushRequest;
import dev.manciple.wire.proto.GrpcServerProto.PushResponse;
import dev.manciple.wire.proto.GrpcServerProto.WriteToOnlineStoreRequest;
import dev.manciple.wire.proto.GrpcServerProto.WriteToOnlineStoreResponse;
import dev.manciple.wire.proto.ServingServiceProto;
import dev.manciple.wire.proto.ServingServiceProto.GetFeastServingInfoRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetFeastServingInfoResponse;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import dev.manciple.wire.proto.ValueProto;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * {@code feast.serving.ServingService} and {@code GrpcFeatureServer} (Feast: online serving, 6). Thread-safe; borrows everything
 * it is given. A request beyond the limits ends with {@code RESOURCE_EXHAUSTED} at once.
 */
public final class OnlineServices {
    private static final String SERVING = "feast.serving.ServingService";

    /** In no package, as Feast has it. */
    private static final String FEATURE_SERVER = "GrpcFeatureServer";

    private final Backend backend;
    private final UnaryCalls calls;
    private final Metrics metrics;
    private final String version;

    /**
     * @param version what {@code GetFeastServingInfo} answers
     * @param threads gives each call one of its own
     */
    public OnlineServices(Backend backend, String version, Executor threads) {
        this.backend = backend;
        this.calls = new UnaryCalls(backend.telemetry(), backend.admission(), backend.access(), threads);
        this.metrics = backend.metrics();
        this.version = version;
    }

    /** The services, to be added to a server. */
    public List<ServerServiceDefinition> definitions() {
        OnlineQuestions questions = new OnlineQuestions();
        OnlineResponses answers = new OnlineResponses();
        return List.of(
                service(SERVING, ServingServiceProto.getDescriptor())
                        .add(
                                "GetFeastServingInfo",
                                GetFeastServingInfoRequest.getDefaultInstance(),
                                GetFeastServingInfoResponse.getDefaultInstance(),
                                this::info)
                        .add("GetOnlineFeatures", questions, answers, this::onlineFeatures, OnlineServices::status)
                        .build(),
                service(FEATURE_SERVER, GrpcServerProto.getDescriptor())
                        .add("GetOnlineFeatures", questions, answers, this::onlineFeatures, OnlineServices::status)
                        .add("Push", PushRequest.getDefaultInstance(), PushResponse.getDefaultInstance(), this::push)
                        .add(
                                "WriteToOnlineStore",
                                WriteToOnlineStoreRequest.getDefaultInstance(),
                                WriteToOnlineStoreResponse.getDefaultInstance(),
                                this::write)
                        .build());
    }

    private UnaryService service(String name, FileDescriptor file) {
        return new UnaryService(name, file, calls, OnlineServices::status);
    }

    private static Status status(FeatureStoreException failure, Object question) {
        return FeastErrors.code(failure).toStatus().withDescription(failure.getMessage());
    }

    private GetFeastServingInfoResponse info(Call call, GetFeastServingInfoRequest request) {
        return GetFeastServingInfoResponse.newBuilder().setVersion(version).build();
    }

    private OnlineFeatures onlineFeatures(Call call, OnlineQuestion question) {
        FeatureSelection selection = question.selection();
        GetOnlineFeaturesRequest request = question.rest();
        backend.checks().read(call.caller(), selection, Action.READ_ONLINE);
        Map<String, List<Value>> entities = new LinkedHashMap<>();
        request.getEntitiesMap().forEach((column, values) -> entities.put(column, values(column, values)));
        request.getRequestContextMap().forEach((column, values) -> entities.put(column, values(column, values)));
        OnlineOptions options = new OnlineOptions(
                request.getFullFeatureNames(),
                false,
                backend.options().conduct().feastStatuses(),
                false);
        OnlineFeatures answer = call.reads()
                .call(() -> backend.read(() -> backend.store().onlineFeatures(selection, entities, options)));
        metrics.onlineRead(
                entities.isEmpty() ? 1 : entities.values().iterator().next().size());
        metrics.told(answer);
        Details.tell(call, answer);
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

    private PushResponse push(Call call, PushRequest request) {
        String to = request.getTo().isEmpty() ? "online" : request.getTo();
        backend.checks()
                .push(
                        call.caller(),
                        request.getStreamFeatureView(),
                        request.getAllowRegistryCache(),
                        Writing.actions(to));
        Map<String, List<Value>> row = row(request.getFeaturesMap(), request.getTypedFeaturesMap());
        backend.writing()
                .push(
                        request.getStreamFeatureView(),
                        to,
                        request.getAllowRegistryCache(),
                        (views, target) -> Frames.ofValues(backend.allocator(), views, target, row));
        metrics.push(request.getStreamFeatureView(), to);
        return PushResponse.newBuilder().setStatus(true).build();
    }

    private WriteToOnlineStoreResponse write(Call call, WriteToOnlineStoreRequest request) {
        backend.checks().views(call.caller(), List.of(request.getFeatureViewName()), EnumSet.of(Action.WRITE_ONLINE));
        Map<String, List<Value>> row = row(request.getFeaturesMap(), request.getTypedFeaturesMap());
        backend.writing()
                .writeOnline(
                        request.getFeatureViewName(),
                        request.getAllowRegistryCache(),
                        (views, to) -> Frames.ofValues(backend.allocator(), views, to, row));
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
