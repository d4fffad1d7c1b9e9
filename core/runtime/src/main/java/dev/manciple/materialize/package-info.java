/** Ways of values into the stores: materialization, push and direct writes, and the removal of expired rows. */
@NullMarked
package dev.manciple.materialize;

import org.jspecify.annotations.NullMarked;
