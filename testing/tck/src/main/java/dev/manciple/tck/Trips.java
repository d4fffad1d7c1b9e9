package dev.manciple.tck;

import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** The smallest view there is, its rows, and what is read of them: for tests of a store beside the kit, which are not about values. */
public final class Trips {
    public static final Instant NOON = Instant.parse("2024-01-01T12:00:00Z");

    public static final FeatureView VIEW = FeatureView.of("trips")
            .source(DataSource.Batch.files("unused.parquet"))
            .entities(List.of("driver"))
            .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
            .features(Field.of("trips", Scalar.INT64));

    /** What an update needs to be told. */
    public static final ViewChanges KEEP = new ViewChanges(List.of(VIEW), List.of());

    private Trips() {}

    public static OnlineRow row(long driver, Instant event, long trips) {
        return new OnlineRow(key(driver), List.of(new Value.Int(trips)), event, Optional.empty());
    }

    public static Lookup found(Instant event, long trips) {
        return new Lookup.Found(List.of(new Value.Int(trips)), event);
    }

    public static List<Lookup> read(OnlineStore store, long... drivers) {
        List<EntityKey> keys = LongStream.of(drivers).mapToObj(Trips::key).toList();
        return store.read(List.of(new OnlineRead(VIEW, keys, VIEW.features())))
                .getFirst()
                .lookups();
    }

    private static EntityKey key(long driver) {
        return new EntityKey(List.of("driver_id"), List.of(new Value.Int(driver)));
    }
}
