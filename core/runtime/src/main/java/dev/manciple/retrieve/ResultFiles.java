package dev.manciple.retrieve;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.local.Engine;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.WriteReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/** Writes results to local files. Thread-safe. */
public final class ResultFiles {
    private final Engine engine;
    private final BufferAllocator allocator;

    /** Neither is closed. */
    public ResultFiles(Engine engine, BufferAllocator allocator) {
        this.engine = engine;
        this.allocator = allocator;
    }

    /**
     * Runs a job and writes its rows, in order and as they come, to a Parquet, CSV or Arrow file, by its suffix. The file
     * appears, or replaces one of that name, only when it is complete; a failure leaves what was there.
     *
     * @throws InvalidRequestException if the suffix or the folder is unknown, or there is such a file and {@code overwrite} is
     *     false; the job has not run then
     */
    public WriteReport write(RetrievalJob job, Path target, boolean overwrite) {
        FileFormat format = FileFormat.of(target);
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new InvalidRequestException("The folder of '%s' does not exist".formatted(target));
        }
        if (!overwrite && Files.exists(target)) {
            throw new InvalidRequestException(
                    InvalidRequestException.Reason.PLACE_TAKEN,
                    "'%s' exists already; choose another name, or allow overwriting (--overwrite)".formatted(target));
        }
        try (ArrowReader rows = job.open(allocator)) {
            long count = engine.write(rows, target, format.engineName(), overwrite);
            return new WriteReport(count, List.of(target.toString()));
        } catch (IOException e) {
            throw new StoreException(
                    "The offline store", "end the query", false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }
}
