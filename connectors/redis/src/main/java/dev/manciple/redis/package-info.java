/** The online store in Redis, in the layout that Feast writes: a hash per entity, shared by all views with its join keys. */
@NullMarked
package dev.manciple.redis;

import org.jspecify.annotations.NullMarked;
