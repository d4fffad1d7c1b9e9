package dev.manciple.tck;

import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every contract has: a folder, an allocator that must be empty in the end, and a context to make stores with. A test that
 * hangs, hangs for a minute only.
 */
@Timeout(60)
abstract class KitTest {
    /** Memory a test may use at once, so that a store that reads all before it gives a row is found. */
    private static final long LIMIT = 512L << 20;

    @TempDir
    Path folder;

    final BufferAllocator allocator = new RootAllocator(LIMIT);

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    /** A context for a store of the given project. */
    final KitContext context(String project) {
        return new KitContext(project, folder, allocator, executor);
    }

    /** Runs after the stores are closed; fails and names the buffers if one was not released. */
    @AfterEach
    final void nothingLeaks() {
        executor.close();
        allocator.close();
    }
}
