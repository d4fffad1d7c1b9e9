@NullMarked
package dev.manciple.sql.jdbc;

import org.jspecify.annotations.NullMarked;
