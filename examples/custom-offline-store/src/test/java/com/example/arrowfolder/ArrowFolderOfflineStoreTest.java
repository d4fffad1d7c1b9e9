package com.example.arrowfolder;

import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.OfflineStoreContract;
import java.nio.file.Path;

/** Everything Manciple promises of an offline store. */
class ArrowFolderOfflineStoreTest extends OfflineStoreContract {
    @Override
    protected OfflineFixture fixture(Path emptyFolder) {
        return new ArrowFolderFixture(emptyFolder);
    }
}
