package dev.manciple.arrow;

import java.time.Instant;

/**
 * Reads the times of one column as microseconds since 1970, which compare faster than {@link Instant}s and need no object each. Made
 * by {@link ArrowValues#times}; like {@link ColumnReader}, it reads what the vector holds at the time of the call.
 */
@FunctionalInterface
public interface TimeReader {
    /** What a null reads as: before any time. */
    long NONE = Long.MIN_VALUE;

    /**
     * The time of one row, or {@link #NONE}.
     *
     * @throws dev.manciple.error.InvalidRequestException naming the column and the value if it is no time
     */
    long read(int index);

    /**
     * An instant as columns of times are read: cut to microseconds, towards the past; one too far away to be counted is as far as can
     * be counted.
     */
    static long micros(Instant time) {
        return TimeReaders.ofSeconds(time.getEpochSecond()) + time.getNano() / 1_000;
    }
}
