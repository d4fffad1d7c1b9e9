/**
 * Who calls a server, and what the caller may do: tokens are verified before a request's body is read, and permissions of the
 * registry are checked before its payload is (Feast: online serving, 9).
 */
@NullMarked
package dev.manciple.server.auth;

import org.jspecify.annotations.NullMarked;
