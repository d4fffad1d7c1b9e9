/** Comparisons with what Feast itself wrote and says. */
@NullMarked
package dev.manciple.parity;

import org.jspecify.annotations.NullMarked;
