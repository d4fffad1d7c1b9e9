/**
 * How Manciple's own parts treat files: whole, under one writer's lock, and with nothing left behind; how they end what takes too
 * long, is too large or is not wanted any more; readers of others, whose failures must say whose they are; and
 * numbers in sentences. Public because the
 * runtime and the connectors share it; not part of the contracts, and free to change.
 */
@NullMarked
package dev.manciple.spi.internal;

import org.jspecify.annotations.NullMarked;
