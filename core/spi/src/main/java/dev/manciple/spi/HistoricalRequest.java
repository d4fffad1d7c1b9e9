package dev.manciple.spi;

import java.util.List;

/**
 * One point-in-time join, resolved: every view and feature is known to exist and no two output columns share a name.
 *
 * @param fullFeatureNames whether output columns are {@code view__feature} rather than {@code feature}
 */
public record HistoricalRequest(Spine spine, List<ViewSlice> slices, boolean fullFeatureNames, Options options) {
    public HistoricalRequest {
        slices = List.copyOf(slices);
    }

    /**
     * @param filterByCreated whether rows created after the entity row's time are left out, as not known then
     * @param ordered whether rows come in the spine's order
     */
    public record Options(boolean filterByCreated, boolean ordered) {
        public static final Options DEFAULT = new Options(false, true);
    }
}
