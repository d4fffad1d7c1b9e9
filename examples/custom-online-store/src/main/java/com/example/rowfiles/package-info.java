/** An online store of one's own: a file per row. */
@NullMarked
package com.example.rowfiles;

import org.jspecify.annotations.NullMarked;
