/** Routers: stores that send each feature view to the one of several named stores that holds its data. What both have in common. */
@NullMarked
package dev.manciple.hybrid;

import org.jspecify.annotations.NullMarked;
