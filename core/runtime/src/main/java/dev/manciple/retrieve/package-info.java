/** Turns what is asked for into plans, and plans into historical jobs and online answers. */
@NullMarked
package dev.manciple.retrieve;

import org.jspecify.annotations.NullMarked;
