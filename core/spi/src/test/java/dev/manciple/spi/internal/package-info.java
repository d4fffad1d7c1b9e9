@NullMarked
package dev.manciple.spi.internal;

import org.jspecify.annotations.NullMarked;
