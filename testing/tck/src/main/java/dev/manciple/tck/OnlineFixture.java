package dev.manciple.tck;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** What the kit needs to know about one online store. A fixture serves one test and starts with an empty backend. */
public interface OnlineFixture extends AutoCloseable {
    /**
     * A new store for the context's project, as its factory makes it from a config record. Every store opened here shares one
     * backend, also those of other projects. The kit closes them.
     */
    OnlineStore open(StoreContext context);

    /** What the author believes the store can do; compared with what the store declares. */
    Set<OnlineCapability> expectedCapabilities();

    /** Whether features of this type can be stored. */
    default boolean stores(ValueType type) {
        return true;
    }

    /** Whether event times before 1970 can be stored; a store that cannot must refuse them. */
    default boolean storesTimesBefore1970() {
        return true;
    }

    /**
     * Damages one stored value behind the store's back: replaces its bytes by bytes that are no value.
     *
     * @return whether the author knows how; the tests of damaged values are skipped otherwise
     */
    default boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
        return false;
    }

    /** Deletes what the fixture made. */
    @Override
    void close();
}
