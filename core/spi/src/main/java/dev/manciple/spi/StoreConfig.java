package dev.manciple.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A {@code type:} and the rest of its YAML block, not yet bound. Prints the type only: the options may hold secrets.
 *
 * @param options keys as written; values are text, numbers, booleans, lists and maps as YAML has them, null included
 */
public record StoreConfig(String type, Map<String, Object> options) {
    public StoreConfig {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    @Override
    public String toString() {
        return "StoreConfig[type=" + type + "]";
    }
}
