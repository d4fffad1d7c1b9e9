/** Feast's gRPC services of online features. */
@NullMarked
package dev.manciple.server.grpc;

import org.jspecify.annotations.NullMarked;
