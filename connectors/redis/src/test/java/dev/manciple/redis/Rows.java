package dev.manciple.redis;

import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Views of drivers, and short spellings of rows and reads of them. */
final class Rows {
    static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    static final FeatureView TRIPS = view("trips", Field.of("count", Scalar.INT64));

    private Rows() {}

    static FeatureView view(String name, Field... features) {
        return FeatureView.of(name)
                .source(DataSource.Batch.files("unused.parquet"))
                .entities(List.of("driver"))
                .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
                .features(features);
    }

    static EntityKey driver(long id) {
        return new EntityKey(List.of("driver_id"), List.of(new Value.Int(id)));
    }

    static OnlineRow row(long driver, Instant event, Value... values) {
        return new OnlineRow(driver(driver), List.of(values), event, Optional.empty());
    }

    static OnlineRow trips(long driver, Instant event, long count) {
        return row(driver, event, new Value.Int(count));
    }

    static List<OnlineRow> manyTrips(int drivers) {
        return LongStream.range(0, drivers).mapToObj(i -> trips(i, NOON, i)).toList();
    }

    static List<Lookup> read(RedisOnlineStore store, FeatureView view, long... drivers) {
        List<EntityKey> keys = Arrays.stream(drivers).mapToObj(Rows::driver).toList();
        return store.read(List.of(new OnlineRead(view, keys, view.features())))
                .getFirst()
                .lookups();
    }

    static Lookup found(Instant event, Value... values) {
        return new Lookup.Found(List.of(values), event);
    }

    static Lookup foundTrips(Instant event, long count) {
        return found(event, new Value.Int(count));
    }
}
