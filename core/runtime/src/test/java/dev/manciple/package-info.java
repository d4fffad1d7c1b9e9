@NullMarked
package dev.manciple;

import org.jspecify.annotations.NullMarked;
