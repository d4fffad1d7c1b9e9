/** JMH benchmarks of what runs once per value, per row or per request; {@code ./manciple-bench jmh} runs them. */
@NullMarked
package dev.manciple.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
