package dev.manciple.server.grpc;

import dev.manciple.error.AccessException;
import dev.manciple.error.StoreException;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.Caller;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Optional;

/** Lets calls in by their token, before a service sees their message; the service finds the caller in the context of the call. */
public final class AccessInterceptor implements ServerInterceptor {
    private static final Metadata.Key<String> TOKEN =
            Metadata.Key.of(AccessControl.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Caller> CALLER = Context.key("manciple-caller");

    private final AccessControl access;

    public AccessInterceptor(AccessControl access) {
        this.access = access;
    }

    /**
     * Who makes the call that this thread serves.
     *
     * @throws IllegalStateException in a service that was not put behind this
     */
    public static Caller caller() {
        Caller caller = CALLER.get();
        if (caller == null) {
            throw new IllegalStateException("No call is served, or one that nobody was asked to let in");
        }
        return caller;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        try {
            Caller caller = access.admit(Optional.ofNullable(headers.get(TOKEN)));
            return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
        } catch (AccessException e) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription(e.getMessage()));
        } catch (StoreException e) {
            return refuse(call, Status.UNAVAILABLE.withDescription(e.getMessage()));
        }
    }

    /**
     * A client that sends one message has sent it before it hears of the refusal: over HTTP/2, an answer that overtakes its
     * request ends the stream under the rest of it, and the client may learn of that instead of the status.
     */
    private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status) {
        if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            call.close(status, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                call.close(status, new Metadata());
            }
        };
    }
}
