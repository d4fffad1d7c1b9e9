/** Stores that are behind a server of Feast or of Manciple. */
@NullMarked
package dev.manciple.remote;

import org.jspecify.annotations.NullMarked;
