package dev.manciple.hybrid.offline;

import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.OfflineStoreContract;
import java.nio.file.Path;

/** Every request goes the way of those across stores, entity rows sent to each. */
class PushedOfflineStoreTest extends OfflineStoreContract {
    @Override
    protected OfflineFixture fixture(Path emptyFolder) {
        return FileChildren.two(emptyFolder, HybridOfflineConfig.Transfer.PUSH, false);
    }
}
