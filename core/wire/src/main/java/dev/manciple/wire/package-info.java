/** Codecs between the model and the bytes that Feast writes: registry, values and entity keys. */
@NullMarked
package dev.manciple.wire;

import org.jspecify.annotations.NullMarked;
