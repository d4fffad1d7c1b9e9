/** The registry that a registry server of Feast's or Manciple's keeps. */
@NullMarked
package dev.manciple.remote.registry;

import org.jspecify.annotations.NullMarked;
