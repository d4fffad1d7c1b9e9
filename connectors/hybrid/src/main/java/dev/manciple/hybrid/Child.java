package dev.manciple.hybrid;

import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.config.Check;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * One of the stores behind a router.
 *
 * @param name what views, tags and messages call it; unique in its router, whatever the case
 * @param config what it is made of
 */
public record Child(String name, StoreConfig config) {
    private static final String NAME = "name";
    private static final String CONF = "conf";

    /**
     * Reads the children of a router: flat, {@code {type, dataset, …}}, or as Feast writes them, {@code {type, conf: {…}}}, with a
     * {@code name} beside the type or without. A child without one goes by its type.
     *
     * @param key the key the list stands under, with which messages start
     * @throws IllegalArgumentException if there are none, if one is malformed, or if two have one name
     */
    public static List<Child> all(String key, List<StoreConfig> blocks) {
        Check.that(!blocks.isEmpty(), key, "must hold at least one store");
        List<Child> children = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            children.add(of("%s[%d]".formatted(key, i), blocks.get(i)));
        }
        requireUniqueNames(key, blocks, children);
        return List.copyOf(children);
    }

    private static Child of(String at, StoreConfig block) {
        Map<String, Object> options = new LinkedHashMap<>(block.options());
        Object name = options.remove(NAME);
        Check.that(
                name == null || (name instanceof String text && !text.isBlank()),
                at + ".name",
                "must be text, put it in quotes");
        StoreConfig config = new StoreConfig(block.type(), options.containsKey(CONF) ? conf(at, options) : options);
        return new Child(name == null ? block.type() : name.toString(), config);
    }

    private static Map<String, Object> conf(String at, Map<String, Object> options) {
        Object conf = options.remove(CONF);
        Check.that(
                options.isEmpty(),
                at,
                "has options in 'conf' and beside it (%s): write all of them in one place",
                String.join(", ", new TreeSet<>(options.keySet())));
        Check.that(conf == null || conf instanceof Map<?, ?>, at + ".conf", "must be a mapping");
        Map<String, Object> inside = new LinkedHashMap<>();
        if (conf instanceof Map<?, ?> map) {
            map.forEach((option, value) -> inside.put(String.valueOf(option), value));
        }
        return inside;
    }

    private static void requireUniqueNames(String key, List<StoreConfig> blocks, List<Child> children) {
        Map<String, Integer> firsts = new HashMap<>();
        for (int i = 0; i < children.size(); i++) {
            Child child = children.get(i);
            Integer first = firsts.putIfAbsent(child.name().toLowerCase(Locale.ROOT), i);
            if (first != null) {
                boolean named = blocks.get(i).options().get(NAME) != null;
                String what = named
                        ? "%s has two stores named '%s', [%d] and [%d]"
                        : "%s has two stores of type '%s', [%d] and [%d]: give each a 'name'";
                throw new IllegalArgumentException(what.formatted(key, child.name(), first, i));
            }
        }
    }
}
