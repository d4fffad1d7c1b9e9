/** Features computed on demand, from the values of other features and of the request, over batches and over online reads. */
@NullMarked
package dev.manciple.transform;

import org.jspecify.annotations.NullMarked;
