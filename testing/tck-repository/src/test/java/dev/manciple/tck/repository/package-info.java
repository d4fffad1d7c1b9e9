@NullMarked
package dev.manciple.tck.repository;

import org.jspecify.annotations.NullMarked;
