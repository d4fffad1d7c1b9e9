package dev.manciple.server.grpc;

import dev.manciple.server.auth.Caller;
import io.grpc.Metadata;

/**
 * A question that was let in.
 *
 * @param caller who asks
 * @param headers what came with the question
 * @param trailers what is to go with the answer
 * @param cancellation ends reads the caller does not wait for any more
 */
public record Call(Caller caller, Metadata headers, Metadata trailers, Cancellation cancellation) {}
