package dev.manciple.spi;

import java.util.Set;

/**
 * Makes registries of one type.
 *
 * @param <C> the config record bound from YAML before {@code create} is called
 */
public interface RegistryFactory<C extends Record> {
    /** The short name users write. */
    String type();

    /** Other spellings that mean this registry, including Feast's Python class paths. */
    default Set<String> aliases() {
        return Set.of();
    }

    Class<C> configType();

    /** Shown in tables of stores; who uses an {@link Maturity#ALPHA} one is warned. */
    default Maturity maturity() {
        return Maturity.BETA;
    }

    /** Must not connect. The caller closes the registry. */
    Registry create(C config, StoreContext context);
}
