/** Moves the rows of a view from one store of an online router to another while it is read and written. */
@NullMarked
package dev.manciple.move;

import org.jspecify.annotations.NullMarked;
