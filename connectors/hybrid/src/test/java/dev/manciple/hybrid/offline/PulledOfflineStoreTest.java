package dev.manciple.hybrid.offline;

import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.OfflineStoreContract;
import java.nio.file.Path;

/** Every request goes the way of those across stores, source rows fetched from each. */
class PulledOfflineStoreTest extends OfflineStoreContract {
    @Override
    protected OfflineFixture fixture(Path emptyFolder) {
        return FileChildren.two(emptyFolder, HybridOfflineConfig.Transfer.PULL, false);
    }
}
