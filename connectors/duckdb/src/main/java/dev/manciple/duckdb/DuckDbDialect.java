package dev.manciple.duckdb;

import dev.manciple.sql.Dialect;
import dev.manciple.sql.Sql;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** DuckDB's spelling. The session's time zone is UTC, so that times without a zone compare with those that have one. */
final class DuckDbDialect implements Dialect {
    /** Nanoseconds fit 64 bits for some centuries only. */
    private static final long EARLIEST_NANOS_IN_MICROS = -9_223_372_036_854_000L;

    private static final long LATEST_NANOS_IN_MICROS = 9_223_372_036_853_999L;

    @Override
    public Sql quote(String name) {
        return Sql.quoted(name, '"');
    }

    @Override
    public Sql micros(Sql column, ArrowType type) {
        return switch (type) {
            // A cast from nanoseconds would round, and so let a row in that is up to half a microsecond too new.
            case ArrowType.Timestamp time
            when time.getUnit() == TimeUnit.NANOSECOND ->
                Sql.of("((epoch_ns({}) - (epoch_ns({}) % 1000 + 1000) % 1000) // 1000)", column, column);
            case ArrowType.Timestamp time -> Sql.of("epoch_us({})", column);
            case ArrowType.Date date -> Sql.of("epoch_us({})", column);
            case ArrowType.Null none -> Sql.of("CAST(NULL AS BIGINT)");
            case ArrowType text -> parsed(column);
        };
    }

    private static Sql parsed(Sql column) {
        return Sql.of(
                "epoch_us({})",
                TextTimes.time(
                        column,
                        Sql.literal("column %s: '".formatted(column.text().replaceFirst("^[a-z]\\.", "")))));
    }

    @Override
    public Sql instant(Sql micros) {
        return Sql.of("make_timestamptz({})", micros);
    }

    /** The engine's own times of microseconds compare faster than numbers made of them; infinite ones are left to the bounds. */
    @Override
    public Sql comparable(Sql column, ArrowType type) {
        return isMicros(type) ? column : micros(column, type);
    }

    @Override
    public Sql moment(Sql micros, ArrowType type) {
        return type instanceof ArrowType.Timestamp time && isMicros(type) ? timestamp(time, micros) : micros;
    }

    private static boolean isMicros(ArrowType type) {
        return type instanceof ArrowType.Timestamp time && time.getUnit() == TimeUnit.MICROSECOND;
    }

    @Override
    public Sql atLeast(Sql column, ArrowType type, Sql low) {
        return switch (type) {
            case ArrowType.Timestamp time
            when time.getUnit() == TimeUnit.NANOSECOND ->
                Sql.of(
                        "{} >= {}",
                        column,
                        nanos(time, Sql.of("greatest({}, {}) * 1000", low, Sql.literal(EARLIEST_NANOS_IN_MICROS))));
            case ArrowType.Timestamp time -> Sql.of("{} >= {}", column, timestamp(time, low));
            case ArrowType.Date date -> Sql.of("{} >= make_timestamp({})::DATE", column, low);
            case ArrowType other -> Sql.of("true");
        };
    }

    @Override
    public Sql atMost(Sql column, ArrowType type, Sql high) {
        return switch (type) {
            case ArrowType.Timestamp time
            when time.getUnit() == TimeUnit.NANOSECOND ->
                Sql.of(
                        "{} <= {}",
                        column,
                        nanos(time, Sql.of("least({}, {}) * 1000 + 999", high, Sql.literal(LATEST_NANOS_IN_MICROS))));
            case ArrowType.Timestamp time -> Sql.of("{} <= {}", column, timestamp(time, high));
            case ArrowType.Date date -> Sql.of("{} <= make_timestamp({})::DATE", column, high);
            case ArrowType other -> Sql.of("true");
        };
    }

    private static Sql timestamp(ArrowType.Timestamp type, Sql micros) {
        return type.getTimezone() == null
                ? Sql.of("make_timestamp({})", micros)
                : Sql.of("make_timestamptz({})", micros);
    }

    private static Sql nanos(ArrowType.Timestamp type, Sql nanos) {
        return type.getTimezone() == null
                ? Sql.of("make_timestamp_ns({})", nanos)
                : Sql.of("make_timestamp_ns({})::TIMESTAMPTZ_NS", nanos);
    }

    @Override
    public Sql createTemporary(Sql name, Sql query) {
        return Sql.of("CREATE TEMP TABLE {} AS\n{}", name, query);
    }

    @Override
    public Sql remember(String variable, Sql query) {
        return Sql.of("SET VARIABLE {} = ({})", quote("__" + variable), query);
    }

    @Override
    public Sql recall(String variable) {
        return Sql.of("getvariable({})", Sql.literal("__" + variable));
    }
}
