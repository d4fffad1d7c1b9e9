/**
 * The {@code auth} section of a repository: what servers ask their callers for, and what this process shows to servers it calls
 * (Feast: feature_store.yaml, 10; online serving, 9).
 */
@NullMarked
package dev.manciple.auth;

import org.jspecify.annotations.NullMarked;
