/**
 * Feast's file registry, and what apply needs on top of any registry: the checks of a repository's definitions, the inference of
 * what they leave open, and their difference from what is registered.
 */
@NullMarked
package dev.manciple.registry;

import org.jspecify.annotations.NullMarked;
