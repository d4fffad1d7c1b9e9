/** What stores share that keep a row per entity and feature in tables of a database reached by JDBC. */
@NullMarked
package dev.manciple.wire.features;

import org.jspecify.annotations.NullMarked;
