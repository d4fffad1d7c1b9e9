/**
 * What stores share that guard every row by itself, most of it for those that keep a row per entity and view under a hash of its key,
 * with one event time as text.
 */
@NullMarked
package dev.manciple.wire.rows;

import org.jspecify.annotations.NullMarked;
