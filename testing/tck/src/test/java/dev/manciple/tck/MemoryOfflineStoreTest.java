package dev.manciple.tck;

import java.nio.file.Path;

class MemoryOfflineStoreTest extends OfflineStoreContract {
    @Override
    protected OfflineFixture fixture(Path emptyFolder) {
        return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables));
    }
}
