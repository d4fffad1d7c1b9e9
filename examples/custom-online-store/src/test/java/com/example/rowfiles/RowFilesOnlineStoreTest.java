package com.example.rowfiles;

import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import java.nio.file.Path;
import java.util.Set;

/** Everything Manciple promises of an online store. */
class RowFilesOnlineStoreTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new RowFilesFixture(emptyFolder);
    }

    private record RowFilesFixture(Path folder) implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            return new RowFilesOnlineStore(new RowFilesOnlineStoreConfig(folder), context);
        }

        @Override
        public Set<OnlineCapability> expectedCapabilities() {
            return Set.of(OnlineCapability.KEEPS_CREATED);
        }

        @Override
        public void close() {
            // The kit deletes the folder.
        }
    }
}
