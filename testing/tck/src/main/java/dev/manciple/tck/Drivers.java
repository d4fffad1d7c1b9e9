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

/** A small view and its rows, for tests of a layout beside the kit. */
public final class Drivers {
    public static final Instant EVENT = Instant.parse("2024-01-01T00:00:00.123456Z");

    public static final FeatureView VIEW = view("stats");

    private Drivers() {}

    public static FeatureView view(String name) {
        return FeatureView.of(name)
                .source(DataSource.Batch.files("drivers.parquet"))
                .entities(List.of("driver"))
                .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
                .features(Field.of("trips", Scalar.INT64), Field.of("rate", Scalar.FLOAT));
    }

    public static ViewChanges keep(FeatureView... views) {
        return new ViewChanges(List.of(views), List.of());
    }

    public static EntityKey key(long driver) {
        return new EntityKey(List.of("driver_id"), List.of(new Value.Int(driver)));
    }

    public static OnlineRow row(long driver, Instant event, long trips) {
        return new OnlineRow(key(driver), List.of(new Value.Int(trips), new Value.Real(0.5)), event, Optional.empty());
    }

    public static Lookup read(OnlineStore store, FeatureView view, long driver) {
        return store.read(List.of(new OnlineRead(view, List.of(key(driver)), view.features())))
                .getFirst()
                .lookups()
                .getFirst();
    }

    public static Lookup read(OnlineStore store, long driver) {
        return read(store, VIEW, driver);
    }

    public static Lookup found(Instant event, long trips) {
        return new Lookup.Found(List.of(new Value.Int(trips), new Value.Real(0.5)), event);
    }
}
