/** Feast's offline server over Arrow Flight: history is asked for, and written, by other processes. */
@NullMarked
package dev.manciple.server.flight;

import org.jspecify.annotations.NullMarked;
