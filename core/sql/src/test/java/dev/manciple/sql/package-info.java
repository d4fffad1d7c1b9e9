@NullMarked
package dev.manciple.sql;

import org.jspecify.annotations.NullMarked;
