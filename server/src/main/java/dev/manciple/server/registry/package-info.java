/** The registry as Feast's registry server offers it, over gRPC and REST. */
@NullMarked
package dev.manciple.server.registry;

import org.jspecify.annotations.NullMarked;
