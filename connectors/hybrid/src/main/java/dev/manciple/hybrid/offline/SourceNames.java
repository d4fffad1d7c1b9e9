package dev.manciple.hybrid.offline;

import dev.manciple.hybrid.Child;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The names by which sources and stores find each other. Feast's rule is that {@code XSource} belongs to {@code XOfflineStore}, and
 * {@code x} is what both are called.
 */
final class SourceNames {
    private static final String SOURCE = "Source";
    private static final String STORE = "OfflineStore";

    private SourceNames() {}

    /** {@code com.example.IceSource} is {@code ice}. */
    static String ofSource(String type) {
        return withoutSuffix(type, SOURCE);
    }

    /**
     * Everything a child answers to, in lower case: its own name, the names of its type, and where it is a router, what its own
     * children answer to.
     */
    static Set<String> of(Child child, StoreContext context) {
        Set<String> names = new HashSet<>();
        names.add(child.name());
        names.addAll(ofType(child.config(), context));
        Set<String> lower = new HashSet<>();
        names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
        return lower;
    }

    private static Set<String> ofType(StoreConfig config, StoreContext context) {
        if (HybridOfflineStoreFactory.NAMES.contains(config.type())) {
            Set<String> inner = new HashSet<>();
            Child.all("offline_stores", blocks(config)).forEach(child -> inner.addAll(of(child, context)));
            return inner;
        }
        Set<String> names = new HashSet<>(context.offlineStoreNames(config.type()));
        names.add(withoutSuffix(config.type(), STORE));
        return names;
    }

    /** The children of a router inside this one, whose own binding has found them well-formed by then. */
    private static List<StoreConfig> blocks(StoreConfig router) {
        List<StoreConfig> blocks = new ArrayList<>();
        if (router.options().get("offline_stores") instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> block) {
                    Map<String, Object> options = new HashMap<>();
                    block.forEach((key, value) -> options.put(String.valueOf(key), value));
                    String type = String.valueOf(options.remove("type"));
                    blocks.add(new StoreConfig(type, options));
                }
            }
        }
        return blocks;
    }

    private static String withoutSuffix(String className, String suffix) {
        String simple = className.substring(className.lastIndexOf('.') + 1);
        return simple.endsWith(suffix)
                ? simple.substring(0, simple.length() - suffix.length()).toLowerCase(Locale.ROOT)
                : simple.toLowerCase(Locale.ROOT);
    }
}
