package dev.manciple.cassandra;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.wire.EntityKeyCodec;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/** A store in an empty keyspace. */
record CassandraFixture<C extends Record>(
        TestKeyspace keyspace,
        OnlineStoreFactory<C> factory,
        Map<String, Object> more,
        Set<OnlineCapability> expectedCapabilities)
        implements OnlineFixture {
    @Override
    public OnlineStore open(StoreContext context) {
        Map<String, Object> options = new HashMap<>(keyspace.options());
        options.putAll(more);
        return factory.create(new ConfigBinder().bind("online_store", factory.configType(), options), context);
    }

    @Override
    public boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
        String hex =
                HexFormat.of().formatHex(EntityKeyCodec.of(view.entityColumns()).encode(key));
        String table = "\"%s\".\"%s_%s\"".formatted(keyspace.name(), project, view.name());
        String where = " WHERE entity_key = ? AND feature_name = ?";
        long stamp = keyspace.session()
                .execute("SELECT writetime(value) FROM " + table + where, hex, feature.name())
                .all()
                .getFirst()
                .getLong(0);
        // Under the next stamp, so that it is seen and a newer event still replaces it.
        keyspace.session()
                .execute(
                        "UPDATE %s USING TIMESTAMP %d SET value = 0xffffff".formatted(table, stamp + 1) + where,
                        hex,
                        feature.name());
        return true;
    }

    @Override
    public void close() {
        keyspace.close();
    }
}
