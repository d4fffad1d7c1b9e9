/** A Cassandra server for tests, in a JVM of its own. */
@NullMarked
package dev.manciple.cassandra.server;

import org.jspecify.annotations.NullMarked;
