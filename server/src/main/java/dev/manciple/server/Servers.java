package dev.manciple.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The servers of one process, which end together: all begin to drain at the same moment and each has the whole of its time, so
 * that none is cut off, or still takes new work, while another drains. One that fails to start after others were added is the
 * reason to close these, which closing this does. Not thread-safe.
 */
public final class Servers implements AutoCloseable {
    private final List<Server> running = new ArrayList<>();

    /** Takes a server over, and gives it back to be asked about. */
    public <S extends Server> S add(S server) {
        running.add(server);
        return server;
    }

    @Override
    public void close() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture.allOf(running.stream()
                            .map(server -> CompletableFuture.runAsync(server::close, threads))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
        }
    }
}
