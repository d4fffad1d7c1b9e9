/** The command line: one class per command, over the facade {@code FeatureStore}. */
@NullMarked
package dev.manciple.cli;

import org.jspecify.annotations.NullMarked;
