package dev.manciple.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.sql.Moment;
import dev.manciple.sql.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.junit.jupiter.api.Test;

/** What the dialect makes of microseconds, as the server itself counts them. */
class PostgresDialectTest {
    private static final long SEED = 7;

    /** The first and last times, 4714 BC and a little before the end of what 64 bits count. */
    private static final long FIRST = -210_866_803_200_000_000L;

    private static final long LAST = Long.MAX_VALUE - 86_400_000_000L;

    private static final ArrowType ZONED = new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
    private static final ArrowType PLAIN = new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);

    private final PostgresDialect dialect = new PostgresDialect();

    @Test
    void microsecondsOfEveryAgeAreTheirTime() throws SQLException {
        List<Long> moments = moments();
        Sql micros = Sql.of("m");
        Sql instant = dialect.instant(micros);
        Moment kept = new Moment(micros, instant, dialect.utc(instant));
        List<List<Long>> rows = rows(
                moments,
                List.of(
                        instant,
                        dialect.moment(kept, ZONED),
                        dialect.moment(kept, PLAIN),
                        dialect.moment(micros, ZONED),
                        dialect.moment(micros, PLAIN),
                        dialect.instant(dialect.moment(micros, ZONED), ZONED),
                        dialect.instant(dialect.moment(micros, PLAIN), PLAIN)));
        for (int i = 0; i < moments.size(); i++) {
            long expected = Math.clamp(moments.get(i), FIRST, LAST);
            assertThat(rows.get(i)).as("of %d, seed %d", moments.get(i), SEED).containsOnly(expected);
        }
    }

    @Test
    void noMicrosecondsAreNoTime() throws SQLException {
        try (Connection connection = TestServer.shared().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(Sql.of(
                                "SELECT {} IS NULL AND {} IS NULL",
                                dialect.instant(Sql.of("NULL::bigint")),
                                dialect.moment(Sql.of("NULL::bigint"), ZONED))
                        .text())) {
            row.next();
            assertThat(row.getBoolean(1)).isTrue();
        }
    }

    @Test
    void aWhileBeforeStopsAtTheFirstTime() throws SQLException {
        List<Long> moments = moments().stream().filter(moment -> moment <= LAST).toList();
        List<Long> lengths = List.of(
                1L, 3_600_000_000L, 30 * 86_400_000_000L + 1, 1_000 * 365 * 86_400_000_000L, Long.MAX_VALUE - 1);
        Sql micros = Sql.of("m");
        Sql instant = dialect.instant(micros);
        Moment moment = new Moment(micros, instant, dialect.utc(instant));
        List<Sql> times = new ArrayList<>();
        for (ArrowType type : List.of(ZONED, PLAIN)) {
            for (long length : lengths) {
                times.add(dialect.momentBefore(moment, length, type));
            }
        }
        List<List<Long>> rows = rows(moments, times);
        for (int i = 0; i < moments.size(); i++) {
            for (int t = 0; t < times.size(); t++) {
                long length = lengths.get(t % lengths.size());
                long start = moments.get(i);
                long expected = start < FIRST + length ? FIRST : start - length;
                assertThat(rows.get(i).get(t))
                        .as("%d before %d, seed %d", length, start, SEED)
                        .isEqualTo(expected);
            }
        }
    }

    private static List<Long> moments() {
        Random random = new Random(SEED);
        List<Long> moments = new ArrayList<>(List.of(
                Long.MIN_VALUE + 1,
                FIRST - 1,
                FIRST,
                FIRST + 1,
                -1L,
                0L,
                1L,
                LAST - 1,
                LAST,
                LAST + 1,
                Long.MAX_VALUE));
        // Of all sizes, most of them in the years people have data of.
        LongStream.range(0, 2_000)
                .map(i -> random.nextLong() >> random.nextInt(63))
                .filter(micros -> micros > Long.MIN_VALUE)
                .forEach(moments::add);
        return moments;
    }

    /** The microseconds of some times of every moment {@code m}. */
    private static List<List<Long>> rows(List<Long> moments, List<Sql> times) throws SQLException {
        Sql query = Sql.of(
                "SELECT {} FROM unnest(ARRAY[{}]::bigint[]) WITH ORDINALITY AS moments (m, place) ORDER BY place",
                Sql.join(", ", times.stream().map(time -> Sql.of("(extract(epoch FROM {}) * 1000000)::bigint", time))),
                Sql.join(", ", moments.stream().map((Long moment) -> Sql.literal(moment.longValue()))));
        try (Connection connection = TestServer.shared().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET TIME ZONE 'UTC'");
            try (ResultSet found = statement.executeQuery(query.text())) {
                List<List<Long>> rows = new ArrayList<>();
                while (found.next()) {
                    List<Long> row = new ArrayList<>();
                    for (int i = 1; i <= times.size(); i++) {
                        row.add(found.getLong(i));
                    }
                    rows.add(row);
                }
                return rows;
            }
        }
    }
}
