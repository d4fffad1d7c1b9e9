/** The online store in DynamoDB, in the layout that Feast writes. */
@NullMarked
package dev.manciple.dynamodb;

import org.jspecify.annotations.NullMarked;
