@NullMarked
package dev.manciple.duckdb;

import org.jspecify.annotations.NullMarked;
