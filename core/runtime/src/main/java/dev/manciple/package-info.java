/** The way in: the feature store, what is asked of it and what it answers. */
@NullMarked
package dev.manciple;

import org.jspecify.annotations.NullMarked;
