package dev.manciple.server.grpc;

import com.google.protobuf.ByteString;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.Transformation;
import dev.manciple.transform.ForeignFunctions;
import dev.manciple.transform.OnDemandFunction;
import dev.manciple.transform.OnDemandSlice;
import dev.manciple.wire.proto.TransformationServiceProto.TransformFeaturesRequest;
import dev.manciple.wire.proto.TransformationServiceProto.TransformFeaturesResponse;
import dev.manciple.wire.proto.TransformationServiceProto.ValueType;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Asks Feast's transformation service for what on demand views written in Python compute (Feast: online serving, 6). Connects at
 * the first use. Only views in mode {@code pandas} can be asked for, since that is all Feast's server runs.
 */
public final class TransformationClient implements ForeignFunctions {
    private static final MethodDescriptor<TransformFeaturesRequest, TransformFeaturesResponse> TRANSFORM =
            MethodDescriptor.<TransformFeaturesRequest, TransformFeaturesResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("feast.serving.TransformationService/TransformFeatures")
                    .setRequestMarshaller(ProtoUtils.marshaller(TransformFeaturesRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(TransformFeaturesResponse.getDefaultInstance()))
                    .build();

    private static final String MODE = "pandas";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_ANSWER_BYTES = 256 << 20;

    private final String endpoint;
    private final String project;
    private final BufferAllocator allocator;
    private final ManagedChannel channel;

    private TransformationClient(String endpoint, String project, BufferAllocator allocator) {
        this.endpoint = endpoint;
        this.project = project;
        this.allocator = allocator;
        this.channel = NettyChannelBuilder.forTarget(endpoint)
                .usePlaintext()
                .maxInboundMessageSize(MOST_ANSWER_BYTES)
                .build();
    }

    /** A {@link ForeignFunctions.Factory}. */
    public static ForeignFunctions connect(String endpoint, String project, BufferAllocator allocator) {
        return new TransformationClient(endpoint, project, allocator);
    }

    @Override
    public OnDemandFunction of(OnDemandSlice slice) {
        if (!(slice.view().transformation() instanceof Transformation.Foreign foreign)
                || !foreign.mode().equals(MODE)) {
            throw new UnsupportedException(
                    described(),
                    "TRANSFORMATION",
                    "the transformation of on demand feature view '%s': it runs those in mode 'pandas' only"
                            .formatted(slice.view().name()));
        }
        return new RemoteFunction(
                slice, allocator, rows -> transform(slice.view().name(), rows));
    }

    private byte[] transform(String view, byte[] rows) {
        TransformFeaturesRequest request = TransformFeaturesRequest.newBuilder()
                .setOnDemandFeatureViewName(view)
                .setProject(project)
                .setTransformationInput(ValueType.newBuilder().setArrowValue(ByteString.copyFrom(rows)))
                .build();
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            // Else a service that is back after a while is not looked for until a wait is over that grew to minutes.
            channel.resetConnectBackoff();
        }
        try {
            CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            return ClientCalls.blockingUnaryCall(channel, TRANSFORM, options, request)
                    .getTransformationOutput()
                    .getArrowValue()
                    .toByteArray();
        } catch (StatusRuntimeException e) {
            Status.Code code = e.getStatus().getCode();
            boolean away = code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED;
            throw new StoreException(
                    described(),
                    "compute on demand feature view '%s'".formatted(view),
                    away,
                    StoreException.Outcome.NOT_APPLIED,
                    e);
        }
    }

    private String described() {
        return "Transformation service '%s'".formatted(endpoint);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
