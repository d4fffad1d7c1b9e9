package dev.manciple.spi;

/** Moves a view's rows from its offline store to the online store in the engine's own processes. */
public interface MaterializationEngine extends AutoCloseable {
    /**
     * Returns when the online store has acknowledged every row. Tasks may be retried or run twice: the online store's
     * newest-wins rule makes that harmless. A failure leaves rows written and no interval recorded.
     */
    WriteReport run(MaterializationTask task);

    @Override
    void close();
}
