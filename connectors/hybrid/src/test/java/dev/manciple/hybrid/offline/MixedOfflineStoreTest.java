package dev.manciple.hybrid.offline;

import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.OfflineStoreContract;
import java.nio.file.Path;

/** Files and PostgreSQL. */
class MixedOfflineStoreTest extends OfflineStoreContract {
    @Override
    protected OfflineFixture fixture(Path emptyFolder) {
        return new MixedChildren(emptyFolder, HybridOfflineConfig.Transfer.AUTO);
    }
}
