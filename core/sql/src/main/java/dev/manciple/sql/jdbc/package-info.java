/** What stores share that keep connections to a server open. They bring HikariCP, which who plans joins only need not have. */
@NullMarked
package dev.manciple.sql.jdbc;

import org.jspecify.annotations.NullMarked;
