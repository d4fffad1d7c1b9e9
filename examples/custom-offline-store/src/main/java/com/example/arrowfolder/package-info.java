/** An offline store over folders of Arrow files, with a join of its own: an example to start from. */
@NullMarked
package com.example.arrowfolder;

import org.jspecify.annotations.NullMarked;
