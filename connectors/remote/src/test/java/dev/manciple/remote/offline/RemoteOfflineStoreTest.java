package dev.manciple.remote.offline;

import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.OfflineStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;

class RemoteOfflineStoreTest extends OfflineStoreContract {
    @AutoClose
    private static final RemoteFixture.Writer WRITER = new RemoteFixture.Writer();

    @Override
    protected OfflineFixture fixture(Path emptyFolder) {
        return new RemoteFixture(emptyFolder, WRITER);
    }
}
