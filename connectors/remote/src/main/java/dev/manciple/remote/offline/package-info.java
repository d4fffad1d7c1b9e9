/** An offline store behind an offline server of Feast or of Manciple, asked over Arrow Flight. */
@NullMarked
package dev.manciple.remote.offline;

import org.jspecify.annotations.NullMarked;
