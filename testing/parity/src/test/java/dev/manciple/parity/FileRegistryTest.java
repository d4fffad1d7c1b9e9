package dev.manciple.parity;

import dev.manciple.registry.FileRegistryConfig;
import dev.manciple.registry.FileRegistryFactory;
import dev.manciple.spi.Registry;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.RegistryContract;
import dev.manciple.tck.RegistryFixture;
import java.nio.file.Path;
import java.util.Optional;

/** The file registry keeps the contract of all registries. */
class FileRegistryTest extends RegistryContract {
    @Override
    protected RegistryFixture fixture(Path emptyFolder) {
        return new Fixture(emptyFolder.resolve("data/registry.db"));
    }

    private record Fixture(Path file) implements RegistryFixture {
        @Override
        public Registry open(StoreContext context) {
            FileRegistryConfig config = new FileRegistryConfig(
                    file.toString(),
                    Optional.empty(),
                    600,
                    FileRegistryConfig.CacheMode.SYNC,
                    Optional.empty(),
                    false,
                    false,
                    Optional.empty());
            return new FileRegistryFactory().create(config, context);
        }

        @Override
        public void close() {}
    }
}
