package dev.manciple.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Maps as messages carry them: in the order they came in while they say the same, sorted once they change. */
final class StoredMaps {
    private StoredMaps() {}

    static Map<String, String> write(Map<String, String> wanted, Map<String, String> stored) {
        return wanted.equals(stored) ? new LinkedHashMap<>(stored) : new TreeMap<>(wanted);
    }
}
