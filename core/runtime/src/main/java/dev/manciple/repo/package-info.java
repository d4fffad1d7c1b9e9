/** Reads a feature repository: its configuration, and the definitions it holds in YAML and in Java. */
@NullMarked
package dev.manciple.repo;

import org.jspecify.annotations.NullMarked;
