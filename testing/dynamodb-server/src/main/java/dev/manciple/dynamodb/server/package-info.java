/** DynamoDB Local for tests, in a JVM of its own. */
@NullMarked
package dev.manciple.dynamodb.server;

import org.jspecify.annotations.NullMarked;
