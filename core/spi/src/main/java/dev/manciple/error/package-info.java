/** The seven kinds of failure Manciple throws on purpose. */
@NullMarked
package dev.manciple.error;

import org.jspecify.annotations.NullMarked;
