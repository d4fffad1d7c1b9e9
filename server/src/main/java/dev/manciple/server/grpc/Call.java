package dev.manciple.server.grpc;

import dev.manciple.server.auth.Caller;
import dev.manciple.spi.internal.Stoppable;
import io.grpc.Metadata;

/**
 * A question that was let in.
 *
 * @param caller who asks
 * @param headers what came with the question
 * @param trailers what is to go with the answer
 * @param reads where the stores are read, which ends when the caller goes: they would keep its place from others until they have
 *     answered
 */
public record Call(Caller caller, Metadata headers, Metadata trailers, Stoppable reads) {}
