package dev.manciple.remote.registry;

import dev.manciple.tck.RegistryContract;
import dev.manciple.tck.RegistryFixture;
import java.nio.file.Path;

/** All that is promised of registries holds where the server is Manciple's. */
class RemoteRegistryTest extends RegistryContract {
    @Override
    protected RegistryFixture fixture(Path emptyFolder) {
        return new RegistryOfServer(emptyFolder);
    }
}
