package dev.manciple;

import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import java.time.Instant;
import java.util.List;

/**
 * Columnar: one inner list per name, one element per entity row: first the entity columns asked with, then the features in
 * request order. Event times are the epoch where nothing was found, as in Feast.
 */
public record OnlineFeatures(
        List<String> names,
        List<List<Value>> values,
        List<List<FieldStatus>> statuses,
        List<List<Instant>> eventTimes) {}
