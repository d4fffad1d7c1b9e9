/** Compares the pages for users with what they describe. */
@NullMarked
package dev.manciple.docs;

import org.jspecify.annotations.NullMarked;
