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
     * @param firstColumn whether of the spine's columns only the first has to come back; a store may give all of them all the same,
     *     as the schema of its job tells
     */
    public record Options(boolean filterByCreated, boolean ordered, boolean firstColumn) {
        public static final Options DEFAULT = new Options(false, true);

        /** All of the spine's columns come back. */
        public Options(boolean filterByCreated, boolean ordered) {
            this(filterByCreated, ordered, false);
        }
    }
}
