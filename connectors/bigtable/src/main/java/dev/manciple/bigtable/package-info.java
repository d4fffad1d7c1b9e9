/** The online store in Bigtable, in the layout that Feast writes. */
@NullMarked
package dev.manciple.bigtable;

import org.jspecify.annotations.NullMarked;
