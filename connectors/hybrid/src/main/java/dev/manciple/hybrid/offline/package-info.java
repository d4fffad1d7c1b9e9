/** The offline router: routes by batch source, and answers one historical request across several engines. */
@NullMarked
package dev.manciple.hybrid.offline;

import org.jspecify.annotations.NullMarked;
