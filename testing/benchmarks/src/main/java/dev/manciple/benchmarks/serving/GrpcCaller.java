package dev.manciple.benchmarks.serving;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** One connection of gRPC. Messages stay bytes, as those of {@link HttpCaller} do: what a client makes of them is its own affair. */
final class GrpcCaller implements Caller<byte[]> {
    private static final MethodDescriptor<byte[], byte[]> READ = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("feast.serving.ServingService/GetOnlineFeatures")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    private static final int LARGEST_ANSWER = 64 << 20;

    private final ManagedChannel channel;
    private final List<byte[]> requests;

    private GrpcCaller(ManagedChannel channel, List<byte[]> requests) {
        this.channel = channel;
        this.requests = requests;
    }

    static Target.Opener<byte[]> to(int port, List<byte[]> requests) {
        return () -> new GrpcCaller(
                NettyChannelBuilder.forAddress("127.0.0.1", port)
                        .usePlaintext()
                        .directExecutor()
                        .maxInboundMessageSize(LARGEST_ANSWER)
                        .build(),
                requests);
    }

    @Override
    public byte[] call(int request) {
        return ClientCalls.blockingUnaryCall(channel, READ, CallOptions.DEFAULT, requests.get(request));
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try (stream) {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
