/** JMH benchmarks of the hot paths: online reads, codecs, planning and conversion. */
@NullMarked
package dev.manciple.benchmarks;

import org.jspecify.annotations.NullMarked;
