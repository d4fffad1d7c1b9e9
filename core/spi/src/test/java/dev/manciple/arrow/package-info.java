@NullMarked
package dev.manciple.arrow;

import org.jspecify.annotations.NullMarked;
