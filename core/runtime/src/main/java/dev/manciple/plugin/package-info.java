/** Finds what plug-ins offer, binds configuration to their records and makes stores of it. */
@NullMarked
package dev.manciple.plugin;

import org.jspecify.annotations.NullMarked;
