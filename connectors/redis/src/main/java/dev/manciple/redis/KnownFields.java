package dev.manciple.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Fields that were worked out before. Requests are planned once and asked again and again, with the very same lists of features.
 * Thread-safe.
 */
final class KnownFields {
    /** Few enough to look through; who asks for more selections by turns has their fields worked out again. */
    private static final int MOST_KNOWN = 32;

    private final AtomicReference<List<HashFields>> newestFirst = new AtomicReference<>(List.of());

    HashFields of(List<HashFields.Part> parts) {
        List<HashFields> known = newestFirst.get();
        for (HashFields fields : known) {
            if (fields.areOf(parts)) {
                return fields;
            }
        }
        HashFields fields = HashFields.of(parts);
        List<HashFields> more = new ArrayList<>(MOST_KNOWN);
        more.add(fields);
        more.addAll(known.subList(0, Math.min(known.size(), MOST_KNOWN - 1)));
        // Whoever comes first is remembered; the other one is worked out again.
        newestFirst.compareAndSet(known, List.copyOf(more));
        return fields;
    }
}
