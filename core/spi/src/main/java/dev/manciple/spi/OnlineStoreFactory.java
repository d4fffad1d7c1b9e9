package dev.manciple.spi;

import java.util.Set;

/**
 * Makes online stores of one type.
 *
 * @param <C> the config record bound from YAML before {@code create} is called
 */
public interface OnlineStoreFactory<C extends Record> {
    /** The short name users write. */
    String type();

    /** Other spellings that mean this store, including Feast's Python class paths. */
    default Set<String> aliases() {
        return Set.of();
    }

    Class<C> configType();

    /** Must not connect: a bad password is an error of first use, a bad config an error of load. The caller closes the store. */
    OnlineStore create(C config, StoreContext context);
}
