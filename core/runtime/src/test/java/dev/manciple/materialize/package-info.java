@NullMarked
package dev.manciple.materialize;

import org.jspecify.annotations.NullMarked;
