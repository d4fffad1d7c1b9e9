/** Runs the demo as its page does. */
@NullMarked
package dev.manciple.examples.hybrid;

import org.jspecify.annotations.NullMarked;
