@NullMarked
package dev.manciple.hybrid.offline;

import org.jspecify.annotations.NullMarked;
