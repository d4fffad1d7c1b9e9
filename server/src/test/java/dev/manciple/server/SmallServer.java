package dev.manciple.server;

import dev.manciple.FeatureStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A server of a {@link Repository} that takes little at a time and does not wait long, for callers that do harm. */
record SmallServer(FeatureStore store, FeatureServer server) implements AutoCloseable {
    /** Requests that run at a time. */
    static final int PLACES = 4;

    /** Rows of a request. */
    static final int ROWS = 1_000;

    /** {@code ./manciple-soak} sends more. */
    static final int FACTOR = Integer.getInteger("soak.factor", 1);

    static SmallServer start(Path folder) throws IOException {
        FeatureStore store = Repository.create(folder);
        return new SmallServer(
                store,
                FeatureServer.start(
                        store,
                        ServerOptions.DEFAULT
                                .withPort(0)
                                .withGrpcPort(0)
                                .withLimits(new ServerOptions.Limits(1 << 20, ROWS, PLACES, Duration.ofSeconds(2))),
                        "test"));
    }

    /** Fails if a buffer of Arrow was left behind. */
    @Override
    public void close() {
        server.close();
        store.close();
    }
}
