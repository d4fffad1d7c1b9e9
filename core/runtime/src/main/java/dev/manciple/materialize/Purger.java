package dev.manciple.materialize;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Deletes expired rows from the online store. Thread-safe; holds nothing that needs closing. */
public final class Purger {
    private final Supplier<RegistrySnapshot> snapshots;
    private final OnlineStore store;
    private final InstantSource clock;

    public Purger(Supplier<RegistrySnapshot> snapshots, OnlineStore store, InstantSource clock) {
        this.snapshots = snapshots;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Deletes the rows whose event time is more than their view's TTL ago: exactly those a read would call
     * {@code OUTSIDE_MAX_AGE}.
     *
     * @param views empty for every online view with a TTL
     * @return rows deleted by view
     * @throws InvalidRequestException if a named view has no TTL or is not online
     */
    public Map<String, Long> purge(List<String> views) {
        if (!store.capabilities().contains(OnlineCapability.DELETE_ROWS)) {
            throw new UnsupportedException(
                    "The online store", OnlineCapability.DELETE_ROWS.name(), "deleting expired rows");
        }
        Instant now = clock.instant();
        Map<String, Long> deleted = new LinkedHashMap<>();
        for (FeatureView view : toPurge(views)) {
            deleted.put(view.name(), store.purge(view, now.minus(view.ttl())));
        }
        return deleted;
    }

    private List<FeatureView> toPurge(List<String> names) {
        RegistrySnapshot snapshot = snapshots.get();
        if (names.isEmpty()) {
            return Eligible.stored(snapshot).stream()
                    .filter(view -> view.online() && !view.ttl().isZero())
                    .toList();
        }
        return names.stream()
                .distinct()
                .map(name -> expiring(Eligible.stored(snapshot, name)))
                .toList();
    }

    private static FeatureView expiring(FeatureView view) {
        if (!view.online()) {
            throw new InvalidRequestException("Feature view '%s' is not online".formatted(view.name()));
        }
        if (view.ttl().isZero()) {
            throw new InvalidRequestException(
                    "Feature view '%s' has no TTL: its values never expire".formatted(view.name()));
        }
        return view;
    }
}
