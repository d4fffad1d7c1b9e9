/** The contracts between Manciple and its stores, registries and engines, and the data that crosses them. */
@NullMarked
package dev.manciple.spi;

import org.jspecify.annotations.NullMarked;
