package dev.manciple;

import dev.manciple.error.FeatureStoreException;
import java.time.Duration;
import java.util.Map;

/**
 * What became of the views.
 *
 * @param rowsByView rows written
 * @param failedViews those that failed, whose interval is not recorded
 * @param passedOver those with nothing to do, each with a sentence that says why; no interval is recorded
 */
public record MaterializeReport(
        Map<String, Long> rowsByView,
        Map<String, FeatureStoreException> failedViews,
        Map<String, String> passedOver,
        Duration took) {}
