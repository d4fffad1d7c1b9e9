@NullMarked
package com.example.arrowfolder;

import org.jspecify.annotations.NullMarked;
