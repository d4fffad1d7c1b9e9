package dev.manciple.tck;

import java.nio.file.Path;

class MemoryRegistryTest extends RegistryContract {
    @Override
    protected RegistryFixture fixture(Path emptyFolder) {
        return new MemoryRegistry.Fixture(MemoryRegistry::new);
    }
}
