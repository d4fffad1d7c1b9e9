package dev.manciple.tck.repository;

import dev.manciple.model.DataSource;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import dev.manciple.tck.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The data of the contract: a month of statistics of drivers, with ties, late rows and nulls, and rides to join them onto. */
final class Drivers {
    static final Instant START = Instant.parse("2025-06-01T00:00:00Z");
    static final Instant END = START.plus(Duration.ofDays(30));
    static final TimeColumns TIMES = new TimeColumns("event_timestamp", Optional.of("created"), Optional.empty());

    static final Entity DRIVER = Entity.of("driver").joinKey("driver_id").type(Scalar.INT64);
    static final Field KEY = Field.of("driver_id", Scalar.INT64);
    static final Field RATE = Field.of("rate", Scalar.DOUBLE);
    static final Field TRIPS = Field.of("trips", Scalar.INT64);
    static final Field CITY = Field.of("city", Scalar.STRING);

    /** Drivers have statistics up to this number; later ones have none. */
    static final int DRIVERS = 40;

    private static final Field EVENT = Field.of("event_timestamp", Scalar.UNIX_TIMESTAMP);
    private static final Field CREATED = Field.of("created", Scalar.UNIX_TIMESTAMP);

    private final Random random;

    Drivers(long seed) {
        this.random = new Random(seed);
    }

    /** A view with its features declared. */
    static FeatureView stats(DataSource.Batch source) {
        return FeatureView.of("driver_stats")
                .source(source)
                .entities(DRIVER)
                .features(RATE, TRIPS, CITY)
                .ttl(Duration.ZERO);
    }

    Table statistics() {
        List<List<Value>> rows = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            Instant event = START.plusSeconds(random.nextInt(30 * 24) * 3600L);
            rows.add(statistic(event));
            if (random.nextInt(4) == 0) {
                List<Value> again = new ArrayList<>(statistic(event));
                again.set(0, rows.getLast().getFirst());
                rows.add(again);
            }
        }
        return Table.of(List.of(KEY, EVENT, CREATED, RATE, TRIPS, CITY), rows);
    }

    private List<Value> statistic(Instant event) {
        // No two rows of a driver are created at one time, so that the newest is always one.
        Instant created = event.plusNanos(random.nextInt(1_000_000_000) / 1000 * 1000L);
        return List.of(
                new Value.Int(random.nextInt(DRIVERS)),
                new Value.Time(event),
                new Value.Time(created),
                random.nextInt(6) == 0 ? Value.Null.NULL : new Value.Real(random.nextDouble()),
                new Value.Int(random.nextInt(1000)),
                random.nextInt(6) == 0 ? Value.Null.NULL : new Value.Text("Zürich " + random.nextInt(9)));
    }

    /** Entity rows: some before all statistics, some twice, some of drivers without any. */
    Table rides() {
        List<List<Value>> rows = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            rows.add(
                    i % 7 == 6
                            ? rows.getLast()
                            : List.of(
                                    new Value.Text("ride " + i),
                                    new Value.Int(random.nextInt(DRIVERS + 5)),
                                    new Value.Time(
                                            START.minusSeconds(86_400).plusSeconds(random.nextInt(32 * 86_400)))));
        }
        return Table.of(List.of(Field.of("ride", Scalar.STRING), KEY, EVENT), rows);
    }

    static List<ValueType> types(Table spine, Field... features) {
        List<ValueType> types = new ArrayList<>(spine.types());
        for (Field feature : features) {
            types.add(feature.type());
        }
        return types;
    }
}
