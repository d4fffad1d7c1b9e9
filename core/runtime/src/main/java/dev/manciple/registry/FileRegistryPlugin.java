package dev.manciple.registry;

import dev.manciple.spi.Plugin;
import dev.manciple.spi.RegistryFactory;
import java.util.List;

/** The registry that needs no connector. */
public final class FileRegistryPlugin implements Plugin {
    @Override
    public List<RegistryFactory<?>> registries() {
        return List.of(new FileRegistryFactory());
    }
}
