@NullMarked
package dev.manciple.retrieve;

import org.jspecify.annotations.NullMarked;
