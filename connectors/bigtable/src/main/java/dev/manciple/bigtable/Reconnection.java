package dev.manciple.bigtable;

import com.google.api.core.ApiFunction;
import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.api.gax.rpc.TransportChannelProvider;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingChannelBuilder2;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Looks for a service that is gone every second. A channel by itself does so ever less often, in the end every two minutes, and
 * fails all requests in between.
 */
final class Reconnection {
    private static final Executor A_SECOND_LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

    private Reconnection() {}

    /** The same channels, looked after; others than the vendor's own are left as they are. */
    @SuppressWarnings("rawtypes") // So the client declares its function.
    static TransportChannelProvider lookingAfter(TransportChannelProvider channels) {
        if (!(channels instanceof InstantiatingGrpcChannelProvider provider)) {
            return channels;
        }
        InstantiatingGrpcChannelProvider.Builder settings = provider.toBuilder();
        ApiFunction<ManagedChannelBuilder, ManagedChannelBuilder> before = settings.getChannelConfigurator();
        return settings.setChannelConfigurator(builder -> new Builder(before == null ? builder : before.apply(builder)))
                .build();
    }

    private static final class Builder extends ForwardingChannelBuilder2<Builder> {
        private final ManagedChannelBuilder<?> wrapped;

        Builder(ManagedChannelBuilder<?> wrapped) {
            this.wrapped = wrapped;
        }

        @Override
        protected ManagedChannelBuilder<?> delegate() {
            return wrapped;
        }

        @Override
        public ManagedChannel build() {
            ManagedChannel channel = super.build();
            lookAfter(channel);
            return channel;
        }
    }

    private static void lookAfter(ManagedChannel channel) {
        ConnectivityState state = channel.getState(false);
        switch (state) {
            case IDLE, CONNECTING, READY -> channel.notifyWhenStateChanged(state, () -> lookAfter(channel));
            case TRANSIENT_FAILURE ->
                A_SECOND_LATER.execute(() -> {
                    channel.resetConnectBackoff();
                    lookAfter(channel);
                });
            case SHUTDOWN -> {}
        }
    }
}
