package dev.manciple.cassandra;

import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.KitContext;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A small view, its rows, and stores that keep it. */
final class Drivers {
    static final Instant EVENT = Instant.parse("2024-01-01T00:00:00.123Z");

    static final FeatureView VIEW = FeatureView.of("stats")
            .source(DataSource.Batch.files("drivers.parquet"))
            .entities(List.of("driver"))
            .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
            .features(Field.of("trips", Scalar.INT64), Field.of("rate", Scalar.FLOAT));

    private Drivers() {}

    static <C extends Record> OnlineStore store(
            OnlineStoreFactory<C> factory, String project, Map<String, Object> options, Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(options);
        all.putAll(more);
        return factory.create(
                new ConfigBinder().bind("online_store", factory.configType(), all),
                KitContext.withoutArrow(project, Path.of("")));
    }

    static OnlineStore cassandra(String project, TestKeyspace keyspace, Map<String, Object> more) {
        return store(new CassandraOnlineStoreFactory(), project, keyspace.options(), more);
    }

    static ViewChanges keep(FeatureView... views) {
        return new ViewChanges(List.of(views), List.of());
    }

    static EntityKey key(long driver) {
        return new EntityKey(List.of("driver_id"), List.of(new Value.Int(driver)));
    }

    static OnlineRow row(long driver, Instant event, long trips) {
        return new OnlineRow(key(driver), List.of(new Value.Int(trips), new Value.Real(0.5)), event, Optional.empty());
    }

    static Lookup read(OnlineStore store, FeatureView view, EntityKey key) {
        return store.read(List.of(new OnlineRead(view, List.of(key), view.features())))
                .getFirst()
                .lookups()
                .getFirst();
    }

    static Lookup read(OnlineStore store, long driver) {
        return read(store, VIEW, key(driver));
    }

    static Lookup found(Instant event, long trips) {
        return new Lookup.Found(List.of(new Value.Int(trips), new Value.Real(0.5)), event);
    }
}
