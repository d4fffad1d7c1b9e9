/** PostgreSQL: point-in-time joins in the server, and Feast's layout of online features. */
@NullMarked
package dev.manciple.postgres;

import org.jspecify.annotations.NullMarked;
