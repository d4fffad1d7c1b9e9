package dev.manciple.remote.online;

import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** A view of drivers, and rows of it. */
final class Drivers {
    static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    static final Field TRIPS = Field.of("trips", Scalar.INT64);
    static final Field RATE = Field.of("rate", Scalar.DOUBLE);
    static final FeatureView VIEW = view("drivers", List.of(Field.of("driver_id", Scalar.INT64)), TRIPS, RATE);

    private Drivers() {}

    static FeatureView view(String name, List<Field> keys, Field... features) {
        return FeatureView.of(name)
                .source(DataSource.Batch.files("unused.parquet"))
                .entities(keys.stream().map(Field::name).toList())
                .entityColumns(keys)
                .features(features);
    }

    static EntityKey key(long driver) {
        return new EntityKey(List.of("driver_id"), List.of(new Value.Int(driver)));
    }

    static OnlineRead read(long... drivers) {
        return new OnlineRead(
                VIEW, LongStream.of(drivers).mapToObj(Drivers::key).toList(), VIEW.features());
    }

    static OnlineRow row(long driver, Instant time, Value... values) {
        return new OnlineRow(key(driver), List.of(values), time, Optional.empty());
    }
}
