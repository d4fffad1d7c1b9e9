package dev.manciple.retrieve;

import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.model.ValueType;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** An online answer as it is put together, column by column. Owns nothing; of one thread. */
final class AnswerColumns {
    private final int rows;
    private final OnlineOptions options;
    private final List<String> names;
    private final List<ValueType> types;
    private final List<List<Value>> values;
    private final List<List<FieldStatus>> statuses;
    private final List<List<Instant>> eventTimes;
    private final List<Optional<OnlineFeatures.Origin>> origins;

    /**
     * @param rows how many cells each column has
     * @param columns about how many there will be
     */
    AnswerColumns(int rows, int columns, OnlineOptions options) {
        this.rows = rows;
        this.options = options;
        this.names = new ArrayList<>(columns);
        this.types = new ArrayList<>(columns);
        this.values = new ArrayList<>(columns);
        this.statuses = new ArrayList<>(columns);
        this.eventTimes = new ArrayList<>(columns);
        this.origins = new ArrayList<>(columns);
    }

    boolean has(String name) {
        return names.contains(name);
    }

    /** Adds a column that comes from no store. */
    void addPresent(String name, ValueType type, List<Value> cells) {
        add(name, type, cells, Collections.nCopies(rows, FieldStatus.PRESENT));
    }

    /** Adds a column that is computed, which has no time of its own. */
    void add(String name, ValueType type, List<Value> cells, List<FieldStatus> cellStatuses) {
        add(name, type, cells, cellStatuses, Collections.nCopies(rows, Instant.EPOCH), Optional.empty());
    }

    /**
     * Adds a column that was read. Features of a view mostly have the statuses and times of the one before, and then share its
     * lists, so that whoever writes the answer need not look at each.
     *
     * @param origin where the values are kept
     */
    void addStored(
            String name,
            ValueType type,
            List<Value> cells,
            FieldStatus[] cellStatuses,
            Instant[] cellTimes,
            Optional<OnlineFeatures.Origin> origin) {
        add(name, type, cells, asBefore(statuses, cellStatuses), asBefore(eventTimes, cellTimes), origin);
    }

    /** What the last column has, if that is the very same. */
    private static <T> List<T> asBefore(List<List<T>> columns, T[] cells) {
        return !columns.isEmpty() && isSame(columns.getLast(), cells) ? columns.getLast() : List.of(cells);
    }

    @SuppressWarnings("ReferenceEquality")
    private static <T> boolean isSame(List<T> before, T[] cells) {
        for (int row = 0; row < cells.length; row++) {
            if (before.get(row) != cells[row]) {
                return false;
            }
        }
        return true;
    }

    /** Adds a column as it is. */
    void add(
            String name,
            ValueType type,
            List<Value> cells,
            List<FieldStatus> cellStatuses,
            List<Instant> cellTimes,
            Optional<OnlineFeatures.Origin> origin) {
        names.add(name);
        types.add(type);
        values.add(cells);
        statuses.add(cellStatuses);
        eventTimes.add(cellTimes);
        origins.add(origin);
    }

    /** Whether a value of this status is in the answer; else it is unset. */
    static boolean shows(FieldStatus status, boolean expiredValues) {
        return status == FieldStatus.PRESENT || (status == FieldStatus.OUTSIDE_MAX_AGE && expiredValues);
    }

    /** What the answer calls a status: Feast's server calls a null that was found present. */
    FieldStatus told(FieldStatus status) {
        return options.feastStatuses() && status == FieldStatus.NULL_VALUE ? FieldStatus.PRESENT : status;
    }

    /** The answer, to which nothing may be added any more: its columns are these, uncopied. */
    OnlineFeatures toFeatures(List<OnlineFeatures.Failure> failures) {
        return new OnlineFeatures(
                Collections.unmodifiableList(names),
                Collections.unmodifiableList(types),
                Collections.unmodifiableList(values),
                Collections.unmodifiableList(statuses),
                Collections.unmodifiableList(eventTimes),
                Collections.unmodifiableList(origins),
                List.copyOf(failures));
    }
}
