package dev.manciple.hybrid.offline;

import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;

/** What the runtime lends a router, which makes its children of every connector on the class path. */
final class Contexts {
    private Contexts() {}

    static StoreContext of(Path folder, BufferAllocator allocator) {
        return LocalStoreContext.of("test", folder, allocator, stores());
    }

    static Stores stores() {
        return new Stores(new StoreTypes(Plugins.load(Contexts.class.getClassLoader(), List.of())));
    }
}
