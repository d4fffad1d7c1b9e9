/** The online store in MySQL or MariaDB, in the layout that Feast writes: a table per view, a row per entity and feature. */
@NullMarked
package dev.manciple.mysql;

import org.jspecify.annotations.NullMarked;
