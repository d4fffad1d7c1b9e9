/** Tests of the Redis store against servers they start themselves. */
@NullMarked
package dev.manciple.redis;

import org.jspecify.annotations.NullMarked;
