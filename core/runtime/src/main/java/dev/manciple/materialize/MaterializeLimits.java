package dev.manciple.materialize;

/**
 * How much a materialization does at once; memory is bounded by the product.
 *
 * @param batchSize rows per write of the online store
 * @param writersPerView writes of one view in flight at once
 * @param parallelViews views copied at once
 */
public record MaterializeLimits(int batchSize, int writersPerView, int parallelViews) {
    /** Large enough that a transaction per batch costs little, small enough that a hundred fit anywhere. */
    public static final int DEFAULT_BATCH_SIZE = 5_000;

    public MaterializeLimits {
        requirePositive(batchSize, "batch size");
        requirePositive(writersPerView, "number of writers");
        requirePositive(parallelViews, "number of parallel views");
    }

    /** As many views as the machine has cores; two writers each, so that one writes while the other waits for the store. */
    public static MaterializeLimits ofMachine() {
        return new MaterializeLimits(DEFAULT_BATCH_SIZE, 2, Runtime.getRuntime().availableProcessors());
    }

    public MaterializeLimits batchSize(int newBatchSize) {
        return new MaterializeLimits(newBatchSize, writersPerView, parallelViews);
    }

    private static void requirePositive(int value, String what) {
        if (value < 1) {
            throw new IllegalArgumentException("The %s must be at least 1, was %d".formatted(what, value));
        }
    }
}
