package dev.manciple.postgres;

import dev.manciple.sql.Dialect;
import dev.manciple.sql.Moment;
import dev.manciple.sql.Sql;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * PostgreSQL's spelling. The session's time zone is UTC, so that times without a zone compare with those that have one. Times of
 * entity rows in nanoseconds, which the server does not have, are numbers of them.
 */
final class PostgresDialect implements Dialect {
    /** The first and last times the server knows, in microseconds of Unix. */
    private static final long EARLIEST_TIME = -210_866_803_200_000_000L;

    private static final long LATEST_TIME = Long.MAX_VALUE - 86_400_000_000L;

    /** About the middle of those, in seconds: the hours from here to any of them fit 32 bits. */
    private static final long MIDDLE_SECONDS = 4_500_000_000_000L;

    private static final long MICROS_PER_SECOND = 1_000_000L;

    private static final long MICROS_PER_HOUR = 3_600 * MICROS_PER_SECOND;

    @Override
    public Sql quote(String name) {
        return Names.quoted(name);
    }

    @Override
    public Sql outputName(String name) {
        // Nobody reads these names, so that it does not matter if the server cuts them.
        return Sql.quoted(name, '"');
    }

    @Override
    public Sql micros(Sql column, ArrowType type) {
        return switch (type) {
            case ArrowType.Timestamp time
            when time.getUnit() == TimeUnit.NANOSECOND ->
                Sql.of("({} / 1000 - CASE WHEN {} % 1000 < 0 THEN 1 ELSE 0 END)", column, column);
            case ArrowType.Timestamp time -> epoch(column);
            case ArrowType.Date date -> epoch(column);
            case ArrowType.Null none -> Sql.of("NULL::bigint");
            case ArrowType text -> epoch(Sql.of("{}::timestamptz", column));
        };
    }

    private static Sql epoch(Sql time) {
        return Sql.of("CASE WHEN isfinite({}) THEN (extract(epoch FROM {}) * 1000000)::bigint END", time, time);
    }

    @Override
    public Sql instant(Sql micros) {
        return Sql.of("({} + {})", middle(), sinceMiddle(micros));
    }

    /** Times need not become numbers first, which takes the server longer than to read the row. */
    @Override
    public Sql instant(Sql column, ArrowType type) {
        return type instanceof ArrowType.Timestamp time && isTime(type)
                ? Sql.of(
                        "CASE WHEN isfinite({}) THEN {} END",
                        column,
                        time.getTimezone() == null ? Sql.of("{} AT TIME ZONE 'UTC'", column) : column)
                : instant(micros(column, type));
    }

    private static Sql middle() {
        return Sql.of("to_timestamp({})", Sql.literal(MIDDLE_SECONDS));
    }

    /**
     * Hours and seconds apart: a number of seconds alone would be a double, which rounds. Without days, whose length the server would
     * look up in the calendar for every row.
     */
    private static Sql sinceMiddle(Sql micros) {
        Sql first = Sql.literal(EARLIEST_TIME);
        Sql last = Sql.literal(LATEST_TIME);
        // Not with least and greatest, to which null is no value.
        Sql since = Sql.of(
                "(CASE WHEN {} < {} THEN {} WHEN {} > {} THEN {} ELSE {} END - {})",
                micros,
                first,
                first,
                micros,
                last,
                last,
                micros,
                Sql.literal(MIDDLE_SECONDS * MICROS_PER_SECOND));
        Sql hour = Sql.literal(MICROS_PER_HOUR);
        return Sql.of(
                "make_interval(hours => ({} / {})::integer, secs => ({} % {}) / 1000000.0::double precision)",
                since, hour, since, hour);
    }

    @Override
    public Sql comparable(Sql column, ArrowType type) {
        return isTime(type) ? column : micros(column, type);
    }

    @Override
    public Sql moment(Sql micros, ArrowType type) {
        return isTime(type) ? time(micros, type) : micros;
    }

    @Override
    public Sql moment(Moment time, ArrowType type) {
        if (!isTime(type)) {
            return time.micros();
        }
        return ColumnForms.isZoned(type) ? time.instant() : time.utc();
    }

    @Override
    public Sql momentBefore(Moment time, long length, ArrowType type) {
        long hours = length / MICROS_PER_HOUR;
        if (!isTime(type) || hours > Integer.MAX_VALUE) {
            return Dialect.super.momentBefore(time, length, type);
        }
        // Of constants only, so that the server makes the times and the interval once.
        Sql interval = Sql.of(
                "make_interval(hours => {}, secs => {} / 1000000.0::double precision)",
                Sql.literal(hours),
                Sql.literal(length % MICROS_PER_HOUR));
        Sql moment = moment(time, type);
        return Sql.of(
                "CASE WHEN {} < {} THEN {} ELSE {} - {} END",
                moment,
                time(Sql.literal(EARLIEST_TIME + length), type),
                time(Sql.literal(EARLIEST_TIME), type),
                moment,
                interval);
    }

    @Override
    public Sql atLeast(Sql column, ArrowType type, Sql low) {
        return isTime(type)
                ? Sql.of("{} >= {} AND {} <> '-infinity'", column, time(low, type), column)
                : Sql.of("true");
    }

    @Override
    public Sql atMost(Sql column, ArrowType type, Sql high) {
        return isTime(type) ? Sql.of("{} <= {}", column, time(high, type)) : Sql.of("true");
    }

    private static boolean isTime(ArrowType type) {
        return type instanceof ArrowType.Date
                || (type instanceof ArrowType.Timestamp time && time.getUnit() != TimeUnit.NANOSECOND);
    }

    /** In the column's own type, so that an index serves. */
    private static Sql time(Sql micros, ArrowType type) {
        return Sql.of("({} + {})", inZoneOf(type, middle()), sinceMiddle(micros));
    }

    /** A time with a zone as columns of a type compare with it: those without one are read as UTC. */
    private static Sql inZoneOf(ArrowType type, Sql instant) {
        return ColumnForms.isZoned(type) ? instant : Sql.of("({} AT TIME ZONE 'UTC')", instant);
    }

    @Override
    public Sql entityKey(Sql column, ArrowType type) {
        return switch (type) {
            case ArrowType.Null none -> Sql.of("NULL");
            case ArrowType.Timestamp time
            when time.getUnit() == TimeUnit.NANOSECOND ->
                Sql.of("CASE WHEN {} % 1000 = 0 THEN {} END", column, instant(micros(column, type)));
            case ArrowType other -> column;
        };
    }

    @Override
    public Sql createTemporary(Sql name, Sql query) {
        return Sql.of("CREATE TEMPORARY TABLE {} AS\n{}", name, query);
    }

    @Override
    public Sql remember(String variable, Sql query) {
        return Sql.of("SELECT set_config({}, ({})::text, true)", setting(variable), query);
    }

    @Override
    public Sql recall(String variable) {
        return Sql.of("nullif(current_setting({}), '')::bigint", setting(variable));
    }

    private static Sql setting(String variable) {
        return Sql.literal("manciple." + variable);
    }
}
