@NullMarked
package dev.manciple.transform;

import org.jspecify.annotations.NullMarked;
