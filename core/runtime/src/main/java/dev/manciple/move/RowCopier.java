package dev.manciple.move;

import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Copies rows of one view by their keys, as they are at that moment, from one store to another that is written to as well.
 *
 * <p>A row is written with the time it has, so a newer one in the target stays. A row written meanwhile with the same time
 * could be replaced by the older copy: therefore the original is read once more after the copy was written, and what differs is
 * copied again.
 */
final class RowCopier {
    private final FeatureView view;
    private final OnlineStore from;
    private final OnlineStore to;
    private long damaged;

    RowCopier(FeatureView view, OnlineStore from, OnlineStore to) {
        this.view = view;
        this.from = from;
        this.to = to;
    }

    /** Rows so far of which a value could not be read, and was left out. */
    long damaged() {
        return damaged;
    }

    /**
     * @param created created times where they are known; they count for a row whose event time is the one beside it
     * @return how many of the keys have a row
     */
    int copy(List<EntityKey> keys, Map<EntityKey, OnlineRow> created) {
        Map<EntityKey, Lookup.Found> rows = found(from, keys);
        long damagedRows = rows.values().stream().filter(RowCopier::isDamaged).count();
        int copied = rows.size();
        while (!rows.isEmpty()) {
            write(rows, created);
            Map<EntityKey, Lookup.Found> now = found(from, List.copyOf(rows.keySet()));
            Map<EntityKey, Lookup.Found> before = rows;
            now.entrySet().removeIf(row -> row.getValue().equals(before.get(row.getKey())));
            rows = now;
        }
        damaged += damagedRows;
        return copied;
    }

    /**
     * Keys whose copy is not the row, nor newer than the row was when it was looked at: rows are written to the copy first.
     *
     * @param expiredBefore rows older than that may be missing from the copy
     */
    List<EntityKey> differing(List<EntityKey> keys, Instant expiredBefore) {
        Map<EntityKey, Lookup.Found> originals = found(from, keys);
        Map<EntityKey, Lookup.Found> copies = found(to, keys);
        List<EntityKey> differing = new ArrayList<>();
        originals.forEach((key, original) -> {
            Lookup.Found copy = copies.get(key);
            boolean same = copy == null ? newest(original).isBefore(expiredBefore) : matches(original, copy);
            if (!same) {
                differing.add(key);
            }
        });
        return differing;
    }

    /** Times are compared at the coarser of the two precisions. */
    private boolean matches(Lookup.Found original, Lookup.Found copy) {
        ChronoUnit precision = coarser(from.timePrecision(), to.timePrecision());
        int age = newest(copy).truncatedTo(precision).compareTo(newest(original).truncatedTo(precision));
        return age > 0 || (age == 0 && sameValues(original, copy));
    }

    private static boolean sameValues(Lookup.Found original, Lookup.Found copy) {
        for (int i = 0; i < original.values().size(); i++) {
            Value value = original.values().get(i);
            if (!(value instanceof Value.Corrupt) && !value.equals(copy.values().get(i))) {
                return false;
            }
        }
        return true;
    }

    /** How many of the keys have a row. */
    static int existing(OnlineStore store, FeatureView view, List<EntityKey> keys) {
        return found(store, view, keys).size();
    }

    private Map<EntityKey, Lookup.Found> found(OnlineStore store, List<EntityKey> keys) {
        return found(store, view, keys);
    }

    private static Map<EntityKey, Lookup.Found> found(OnlineStore store, FeatureView view, List<EntityKey> keys) {
        List<Lookup> lookups = store.read(List.of(new OnlineRead(view, keys, view.features())))
                .getFirst()
                .lookups();
        Map<EntityKey, Lookup.Found> found = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            if (lookups.get(i) instanceof Lookup.Found row) {
                found.put(keys.get(i), row);
            }
        }
        return found;
    }

    /** Features of one row may have times of their own; the older ones are written first, each with its time. */
    private void write(Map<EntityKey, Lookup.Found> rows, Map<EntityKey, OnlineRow> created) {
        List<List<OnlineRow>> rounds = new ArrayList<>();
        rows.forEach((key, row) -> {
            int round = 0;
            for (Instant time : new TreeSet<>(times(row))) {
                if (rounds.size() == round) {
                    rounds.add(new ArrayList<>());
                }
                rounds.get(round).add(at(key, row, time, Optional.ofNullable(created.get(key))));
                round++;
            }
        });
        rounds.forEach(round -> to.write(view, round));
    }

    private static OnlineRow at(EntityKey key, Lookup.Found row, Instant time, Optional<OnlineRow> known) {
        List<Value> values = new ArrayList<>(row.values().size());
        for (int i = 0; i < row.values().size(); i++) {
            Value value = row.values().get(i);
            boolean now = row.eventTimes().get(i).equals(time) && !(value instanceof Value.Corrupt);
            values.add(now ? value : Value.Missing.MISSING);
        }
        Optional<Instant> created =
                known.filter(source -> source.eventTime().equals(time)).flatMap(OnlineRow::created);
        return new OnlineRow(key, values, time, created);
    }

    /** The times that mean something; a row of missing values only has one all the same. */
    private static List<Instant> times(Lookup.Found row) {
        List<Instant> times = new ArrayList<>();
        for (int i = 0; i < row.values().size(); i++) {
            if (row.values().get(i) != Value.Missing.MISSING) {
                times.add(row.eventTimes().get(i));
            }
        }
        return times.isEmpty() ? row.eventTimes() : times;
    }

    private static Instant newest(Lookup.Found row) {
        return Collections.max(times(row));
    }

    private static boolean isDamaged(Lookup.Found row) {
        return row.values().stream().anyMatch(Value.Corrupt.class::isInstance);
    }

    private static ChronoUnit coarser(ChronoUnit one, ChronoUnit other) {
        return one.getDuration().compareTo(other.getDuration()) >= 0 ? one : other;
    }
}
