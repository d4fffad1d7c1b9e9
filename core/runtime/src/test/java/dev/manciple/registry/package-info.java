@NullMarked
package dev.manciple.registry;

import org.jspecify.annotations.NullMarked;
