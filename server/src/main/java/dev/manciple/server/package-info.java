/** One process that serves a feature store in the protocols of Feast: HTTP with JSON, and gRPC. */
@NullMarked
package dev.manciple.server;

import org.jspecify.annotations.NullMarked;
