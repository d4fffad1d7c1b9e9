/** Tests of the store. */
@NullMarked
package com.example.rowfiles;

import org.jspecify.annotations.NullMarked;
