package dev.manciple.docs;

import dev.manciple.error.StoreException;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.registry.FileRegistryPlugin;
import dev.manciple.spi.Maturity;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Plugin;
import dev.manciple.spi.StoreConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * A store of the class path, as its tables describe it.
 *
 * @param names the type and the aliases that are short
 * @param capabilities in words; none for registries; empty where they are those of the server behind the store
 */
record Described(
        Side side,
        String type,
        List<String> names,
        Maturity maturity,
        Class<? extends Record> config,
        Optional<Set<String>> capabilities) {

    enum Side {
        OFFLINE("offline_store", "type"),
        ONLINE("online_store", "type"),
        REGISTRY("registry", "registry_type");

        final String section;
        final String typeKey;

        Side(String section, String typeKey) {
            this.section = section;
            this.typeKey = typeKey;
        }
    }

    Page page() {
        return page(side, type);
    }

    private static Page page(Side side, String type) {
        return Page.of("stores/" + pageName(side, type) + ".md");
    }

    String pageName() {
        return pageName(side, type);
    }

    private static String pageName(Side side, String type) {
        return switch (side) {
            case OFFLINE -> type.equals("duckdb") ? "files" : type;
            case ONLINE ->
                switch (type) {
                    case "scylladb" -> "cassandra";
                    case "remote" -> "remote-online";
                    default -> type;
                };
            case REGISTRY -> "registry-" + type;
        };
    }

    /** Every store there is; each is made of the example on its page, which does not connect. */
    static List<Described> all(Path folder) {
        Plugins plugins = Plugins.load(Described.class.getClassLoader(), List.of(new FileRegistryPlugin()));
        Stores stores = new Stores(new StoreTypes(plugins));
        List<Described> all = new ArrayList<>();
        try (BufferAllocator allocator = new RootAllocator()) {
            LocalStoreContext context = LocalStoreContext.of("docs", folder, allocator, stores);
            for (Plugin plugin : plugins.all()) {
                plugin.offlineStores().forEach(factory -> {
                    List<String> names = names(factory.type(), factory.aliases());
                    try (OfflineStore store =
                            stores.offlineStore("the page", example(Side.OFFLINE, factory.type(), names), context)) {
                        all.add(new Described(
                                Side.OFFLINE,
                                factory.type(),
                                names,
                                factory.maturity(),
                                factory.configType(),
                                Optional.of(store.capabilities().stream()
                                        .map(Words::of)
                                        .collect(Collectors.toSet()))));
                    }
                });
                plugin.onlineStores().forEach(factory -> {
                    List<String> names = names(factory.type(), factory.aliases());
                    try (OnlineStore store =
                            stores.onlineStore("the page", example(Side.ONLINE, factory.type(), names), context)) {
                        all.add(new Described(
                                Side.ONLINE,
                                factory.type(),
                                names,
                                factory.maturity(),
                                factory.configType(),
                                capabilities(store)));
                    }
                });
                plugin.registries().forEach(factory -> {
                    List<String> names = names(factory.type(), factory.aliases());
                    stores.checkRegistry("the page", example(Side.REGISTRY, factory.type(), names));
                    all.add(new Described(
                            Side.REGISTRY,
                            factory.type(),
                            names,
                            factory.maturity(),
                            factory.configType(),
                            Optional.of(Set.of())));
                });
            }
        }
        all.sort(Comparator.comparing(Described::side).thenComparing(Described::type));
        return all;
    }

    /** A store behind a server asks it, and there is none. */
    private static Optional<Set<String>> capabilities(OnlineStore store) {
        try {
            return Optional.of(store.capabilities().stream().map(Words::of).collect(Collectors.toSet()));
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    private static StoreConfig example(Side side, String type, List<String> names) {
        return page(side, type)
                .example(side.section, side.typeKey, names)
                .orElseThrow(() -> new AssertionError("%s has no example of '%s: {%s: %s, …}'"
                        .formatted(page(side, type).file(), side.section, side.typeKey, type)));
    }

    private static List<String> names(String type, Set<String> aliases) {
        return Stream.concat(
                        Stream.of(type),
                        aliases.stream().filter(alias -> !alias.contains(".")).sorted())
                .collect(Collectors.toList());
    }
}
