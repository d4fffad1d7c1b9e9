/** Tests over a real server, which is started from the build's own dependencies. */
@NullMarked
package dev.manciple.postgres;

import org.jspecify.annotations.NullMarked;
