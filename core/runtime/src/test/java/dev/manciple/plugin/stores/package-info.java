/** Stores as somebody else's jar might bring them. */
@NullMarked
package dev.manciple.plugin.stores;

import org.jspecify.annotations.NullMarked;
