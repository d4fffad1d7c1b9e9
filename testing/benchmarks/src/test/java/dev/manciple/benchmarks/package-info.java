@NullMarked
package dev.manciple.benchmarks;

import org.jspecify.annotations.NullMarked;
