/** The online router: sends each feature view to the one of several online stores that its tag names. */
@NullMarked
package dev.manciple.hybrid.online;

import org.jspecify.annotations.NullMarked;
