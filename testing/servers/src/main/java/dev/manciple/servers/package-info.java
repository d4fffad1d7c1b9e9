/** The servers behind the online stores, from the build's own dependencies, on free ports of the loopback interface. */
@NullMarked
package dev.manciple.servers;

import org.jspecify.annotations.NullMarked;
