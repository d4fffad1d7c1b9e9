package dev.manciple.hybrid.offline;

import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.OfflineStoreContract;
import java.nio.file.Path;

/** A router inside a router; only what one child can answer passes through. */
class NestedOfflineStoreTest extends OfflineStoreContract {
    @Override
    protected OfflineFixture fixture(Path emptyFolder) {
        return FileChildren.nested(emptyFolder, true);
    }
}
