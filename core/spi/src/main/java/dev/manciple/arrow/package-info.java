/** The one place that maps Manciple's types and values to Arrow's, in both directions. */
@NullMarked
package dev.manciple.arrow;

import org.jspecify.annotations.NullMarked;
