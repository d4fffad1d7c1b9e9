/** Contracts that every connector has to pass, to be subclassed with one fixture per connector. */
@NullMarked
package dev.manciple.tck;

import org.jspecify.annotations.NullMarked;
