@NullMarked
package dev.manciple.hybrid.online;

import org.jspecify.annotations.NullMarked;
