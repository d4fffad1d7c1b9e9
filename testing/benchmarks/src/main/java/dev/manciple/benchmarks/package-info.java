/**
 * What Manciple costs: point-in-time joins, materialization and online reads at size, each against the least any program could
 * do. {@link dev.manciple.benchmarks.Main} runs them; the small things are measured by JMH in {@code micro}.
 */
@NullMarked
package dev.manciple.benchmarks;

import org.jspecify.annotations.NullMarked;
