package dev.manciple.model;

import java.util.Optional;

/**
 * The event time, the time the row was written if the source has it, and the column the source is partitioned by. Columns
 * go by the names the source uses.
 *
 * @param event blank until it is declared or, at apply, inferred as the source's only timestamp column
 */
public record TimeColumns(String event, Optional<String> created, Optional<String> datePartition) {
    /** The event time is found at apply. */
    public static final TimeColumns INFERRED = new TimeColumns("", Optional.empty(), Optional.empty());

    public TimeColumns {
        if (created.isPresent() && created.get().equals(event)) {
            throw new IllegalArgumentException(
                    "'%s' cannot be both the event time and the created time".formatted(event));
        }
    }
}
