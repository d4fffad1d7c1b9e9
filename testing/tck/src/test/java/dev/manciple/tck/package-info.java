/** Tests of the kit: a right store passes every contract, and each wrong one is caught by the test meant for it. */
@NullMarked
package dev.manciple.tck;

import org.jspecify.annotations.NullMarked;
