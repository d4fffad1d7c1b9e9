/** What a feature repository defines: entities, sources, views, services, and the types of their values. */
@NullMarked
package dev.manciple.model;

import org.jspecify.annotations.NullMarked;
