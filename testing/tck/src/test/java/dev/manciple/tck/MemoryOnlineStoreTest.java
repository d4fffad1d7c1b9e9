package dev.manciple.tck;

import java.nio.file.Path;

class MemoryOnlineStoreTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new MemoryOnlineStore.Fixture(MemoryOnlineStore::new);
    }
}
