/** The online store that a feature server of Feast's or Manciple's serves. */
@NullMarked
package dev.manciple.remote.online;

import org.jspecify.annotations.NullMarked;
