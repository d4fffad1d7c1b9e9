/**
 * What stores share that keep a row per entity and view under a hash of its key, with one event time as text, and guard every row by
 * itself.
 */
@NullMarked
package dev.manciple.wire.rows;

import org.jspecify.annotations.NullMarked;
