package dev.manciple.tck;

import dev.manciple.spi.Registry;
import dev.manciple.spi.StoreContext;

/** What the kit needs to know about one registry. A fixture serves one test and starts with an empty backend. */
public interface RegistryFixture extends AutoCloseable {
    /**
     * A new registry, as its factory makes it from a config record. Every one opened here shares one backend, as several
     * processes would. The kit closes them.
     */
    Registry open(StoreContext context);

    /** Deletes what the fixture made. */
    @Override
    void close();
}
