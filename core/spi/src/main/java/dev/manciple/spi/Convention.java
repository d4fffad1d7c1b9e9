package dev.manciple.spi;

/** How Feast's guide names the classes of a store. */
final class Convention {
    private Convention() {}

    static void check(Class<?> store, Class<?> config, String suffix) {
        String name = store.getSimpleName();
        if (!name.endsWith(suffix)) {
            throw new IllegalArgumentException(
                    "The name of store class %s must end in %s".formatted(store.getName(), suffix));
        }
        if (!config.getSimpleName().equals(name + "Config")) {
            throw new IllegalArgumentException("The config record of store class %s must be called %sConfig, not %s"
                    .formatted(store.getName(), name, config.getSimpleName()));
        }
    }
}
