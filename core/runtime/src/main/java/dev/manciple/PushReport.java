package dev.manciple;

import dev.manciple.error.FeatureStoreException;
import java.util.Map;

/** Rows written by view, and the views that failed; each view is independent of the others. */
public record PushReport(Map<String, Long> rowsByView, Map<String, FeatureStoreException> failedViews) {}
