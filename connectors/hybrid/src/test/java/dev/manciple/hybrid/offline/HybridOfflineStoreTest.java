package dev.manciple.hybrid.offline;

import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.OfflineStoreContract;
import java.nio.file.Path;

/** Two stores of files; what one can answer passes through. */
class HybridOfflineStoreTest extends OfflineStoreContract {
    @Override
    protected OfflineFixture fixture(Path emptyFolder) {
        return FileChildren.two(emptyFolder, HybridOfflineConfig.Transfer.AUTO, true);
    }
}
