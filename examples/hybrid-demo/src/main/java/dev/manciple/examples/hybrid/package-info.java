/** The demo of the hybrid offline store, with a PostgreSQL server of its own. */
@NullMarked
package dev.manciple.examples.hybrid;

import org.jspecify.annotations.NullMarked;
