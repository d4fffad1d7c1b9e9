/** Online stores in Cassandra and ScyllaDB, in the layouts that Feast writes. */
@NullMarked
package dev.manciple.cassandra;

import org.jspecify.annotations.NullMarked;
