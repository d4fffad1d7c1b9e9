/** Servers under load: Manciple's over HTTP and gRPC, Feast's, and what lies below them, on the same data. */
@NullMarked
package dev.manciple.benchmarks.serving;

import org.jspecify.annotations.NullMarked;
