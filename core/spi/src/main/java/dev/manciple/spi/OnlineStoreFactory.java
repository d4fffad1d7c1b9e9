package dev.manciple.spi;

import java.util.Set;
import java.util.function.BiFunction;

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

    /** Shown in tables of stores; who uses an {@link Maturity#ALPHA} one is warned. */
    default Maturity maturity() {
        return Maturity.BETA;
    }

    /** Must not connect: a bad password is an error of first use, a bad config an error of load. The caller closes the store. */
    OnlineStore create(C config, StoreContext context);

    /**
     * The factory of a store that follows Feast's convention: the name of its class ends in {@code OnlineStore}, its config
     * record is that name with {@code Config} appended, and its constructor takes the record and the context. Users name it by
     * its full class name.
     *
     * @param constructor must not connect
     * @throws IllegalArgumentException if the names do not follow the convention
     */
    static <C extends Record> OnlineStoreFactory<C> of(
            Class<? extends OnlineStore> store,
            Class<C> config,
            Maturity maturity,
            BiFunction<C, StoreContext, ? extends OnlineStore> constructor) {
        Convention.check(store, config, "OnlineStore");
        return new OnlineStoreFactory<>() {
            @Override
            public String type() {
                return store.getName();
            }

            @Override
            public Class<C> configType() {
                return config;
            }

            @Override
            public Maturity maturity() {
                return maturity;
            }

            @Override
            public OnlineStore create(C bound, StoreContext context) {
                return constructor.apply(bound, context);
            }
        };
    }
}
