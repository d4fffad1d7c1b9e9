/** Point-in-time joins as SQL: one engine-neutral plan, a strategy per engine, small dialects. */
@NullMarked
package dev.manciple.sql;

import org.jspecify.annotations.NullMarked;
