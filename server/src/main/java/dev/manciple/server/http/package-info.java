/** The routes of Feast's feature server, and the health and metrics of a process that people operate. */
@NullMarked
package dev.manciple.server.http;

import org.jspecify.annotations.NullMarked;
