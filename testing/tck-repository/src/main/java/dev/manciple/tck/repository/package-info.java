/** The contract of a whole repository: what a new store's author runs first. */
@NullMarked
package dev.manciple.tck.repository;

import org.jspecify.annotations.NullMarked;
