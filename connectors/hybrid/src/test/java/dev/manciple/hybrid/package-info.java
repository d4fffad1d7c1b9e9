@NullMarked
package dev.manciple.hybrid;

import org.jspecify.annotations.NullMarked;
