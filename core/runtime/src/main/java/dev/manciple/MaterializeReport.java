package dev.manciple;

import dev.manciple.error.FeatureStoreException;
import java.time.Duration;
import java.util.Map;

/** Rows written by view, and the views that failed; a failed view's interval is not recorded. */
public record MaterializeReport(
        Map<String, Long> rowsByView, Map<String, FeatureStoreException> failedViews, Duration took) {}
