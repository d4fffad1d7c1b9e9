package dev.manciple.spi;

import java.util.Set;

/**
 * Makes materialization engines of one type.
 *
 * @param <C> the config record bound from YAML before {@code create} is called
 */
public interface MaterializationEngineFactory<C extends Record> {
    /** The short name users write. */
    String type();

    /** Other spellings that mean this engine, including Feast's Python class paths. */
    default Set<String> aliases() {
        return Set.of();
    }

    Class<C> configType();

    /** Must not connect. The caller closes the engine. */
    MaterializationEngine create(C config, StoreContext context);
}
