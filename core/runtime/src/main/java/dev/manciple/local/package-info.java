/** The embedded engine, for files and SQL expressions of this process. */
@NullMarked
package dev.manciple.local;

import org.jspecify.annotations.NullMarked;
