/** How the config record of a store describes its defaults, checks and secrets to the binder. */
@NullMarked
package dev.manciple.spi.config;

import org.jspecify.annotations.NullMarked;
