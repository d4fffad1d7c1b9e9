/** Offline stores on DuckDB, the embedded engine: files and DuckDB databases. */
@NullMarked
package dev.manciple.duckdb;

import org.jspecify.annotations.NullMarked;
