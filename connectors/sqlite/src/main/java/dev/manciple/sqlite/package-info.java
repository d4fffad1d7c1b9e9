/** The online store in a SQLite database, in the layout that Feast writes. */
@NullMarked
package dev.manciple.sqlite;

import org.jspecify.annotations.NullMarked;
