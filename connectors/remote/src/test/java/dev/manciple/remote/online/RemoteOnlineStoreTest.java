package dev.manciple.remote.online;

import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import java.nio.file.Path;

/** All that is promised of online stores holds where the server is Manciple's. */
class RemoteOnlineStoreTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new ServedSqlite(emptyFolder);
    }
}
