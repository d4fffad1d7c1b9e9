package dev.manciple.sql;

import java.time.Duration;
import java.time.Instant;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * What engines spell differently. Times cross the strategies as microseconds since the epoch in UTC, 64-bit integers: every
 * engine has those, and they compare the same everywhere.
 */
public interface Dialect {
    /** A name of a table or column. */
    Sql quote(String name);

    /** The name of a column of a result, which is read by its place. */
    default Sql outputName(String name) {
        return quote(name);
    }

    /**
     * A join key of the entity rows as it is compared with a source's.
     *
     * @param type the one the entity rows have, which may travel under another
     */
    default Sql entityKey(Sql column, ArrowType type) {
        return column;
    }

    /**
     * The microsecond a column of dates, times or ISO text stands for, those without a zone read as UTC, fractions dropped.
     * Null where the time is null or infinite.
     */
    Sql micros(Sql column, ArrowType type);

    /** The engine's time with a zone that microseconds stand for. */
    Sql instant(Sql micros);

    /** The engine's time with a zone that a column stands for, as {@link #micros} reads it. */
    default Sql instant(Sql column, ArrowType type) {
        return instant(micros(column, type));
    }

    /** The engine's time without a zone, in UTC, that one with a zone stands for. */
    default Sql utc(Sql instant) {
        return Sql.of("({} AT TIME ZONE 'UTC')", instant);
    }

    /**
     * A column of times in the form the engine compares fastest, at microseconds. Infinite times may be infinite rather than null
     * in it: {@link #atLeast} and {@link #atMost} leave them out.
     */
    default Sql comparable(Sql column, ArrowType type) {
        return micros(column, type);
    }

    /** Microseconds in the form that {@link #comparable} gives columns of a type. */
    default Sql moment(Sql micros, ArrowType type) {
        return micros;
    }

    /** The time of an entity row in that form, for engines that get there faster from another one. */
    default Sql moment(Moment time, ArrowType type) {
        return moment(time.micros(), type);
    }

    /**
     * The moment a while before, or the earliest there is where that comes later.
     *
     * @param length in microseconds
     */
    default Sql momentBefore(Moment time, long length, ArrowType type) {
        return moment(Stages.notBefore(time.micros(), length), type);
    }

    /**
     * A condition true of every row with {@code low <= micros(column) <= high}, in the column's own type so that the engine can
     * skip what it need not read. It may be true of others.
     *
     * @param low microseconds; a constant or something recalled
     */
    Sql atLeast(Sql column, ArrowType type, Sql low);

    /** As {@link #atLeast}, for the other end. */
    Sql atMost(Sql column, ArrowType type, Sql high);

    /** Creates a relation that lives as long as the session. */
    Sql createTemporary(Sql name, Sql query);

    /** Keeps the one value of a query for the rest of the session. */
    Sql remember(String variable, Sql query);

    /** The value kept under a name. */
    Sql recall(String variable);

    /** The earliest time engines know, in microseconds: a little later than the smallest number, which they keep for themselves. */
    long EARLIEST = -9_223_372_022_400_000_000L;

    /** The latest time engines know, in microseconds. */
    long LATEST = Long.MAX_VALUE - 1;

    /** A moment as microseconds since the epoch, the earliest or latest possible one where it lies outside. */
    static long micros(Instant instant) {
        try {
            long micros =
                    Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
            return Math.clamp(micros, EARLIEST, LATEST);
        } catch (ArithmeticException outside) {
            return instant.getEpochSecond() < 0 ? EARLIEST : LATEST;
        }
    }

    /** A duration in whole microseconds, the longest possible where it is longer. */
    static long micros(Duration duration) {
        try {
            return Math.addExact(Math.multiplyExact(duration.getSeconds(), 1_000_000L), duration.getNano() / 1_000);
        } catch (ArithmeticException longer) {
            return Long.MAX_VALUE;
        }
    }
}
