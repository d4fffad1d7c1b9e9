package dev.manciple.server.flight;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.internal.Lease;
import dev.manciple.spi.internal.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows clients send, in files of a folder of this process's own: they may be more than memory holds, and are read more than
 * once. Thread-safe.
 */
final class Spool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final String PREFIX = "manciple-offline-";

    /** The one column of what Feast's clients send where they have no rows to send. */
    private static final String NOTHING = "key";

    private final Path folder;
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    private Spool(Path folder, long limit) {
        this.folder = folder;
        this.limit = limit;
    }

    /**
     * Makes the folder, and deletes what processes that were killed have left.
     *
     * @param limit bytes of all files together
     */
    static Spool below(Path parent, long limit) {
        Lease.sweep(parent, PREFIX, "");
        try {
            // Private to the user who runs the server, whatever the parent is to others.
            Path leased = Files.createTempDirectory(parent, PREFIX);
            return new Spool(Files.move(leased, parent.resolve(PREFIX + Lease.newName())), limit);
        } catch (IOException e) {
            throw new StoreException(
                    "The file system",
                    "make a folder in '%s' for rows that clients send".formatted(parent),
                    false,
                    StoreException.Outcome.NOT_APPLIED,
                    e);
        }
    }

    /** Rows on disk, deleted when it is closed. */
    final class Rows implements AutoCloseable {
        private final Path file;
        private final long bytes;
        private final long count;
        private final PandasTypes types;
        private final SentKeys keys;

        private Rows(Path file, long bytes, long count, PandasTypes types, SentKeys keys) {
            this.file = file;
            this.bytes = bytes;
            this.count = count;
            this.types = types;
            this.keys = keys;
        }

        /** How many there are. */
        long count() {
            return count;
        }

        /** An Arrow file in the streaming format. */
        Path file() {
            return file;
        }

        /** What their client says of the columns, which is not in the file. */
        PandasTypes types() {
            return types;
        }

        /** The keys that were sent as something else than what is in the file. */
        SentKeys keys() {
            return keys;
        }

        @Override
        public void close() {
            delete(file, bytes);
        }
    }

    /**
     * Reads a client's rows to their end; empty where it has none to send. Leaves nothing behind where it fails.
     *
     * @param whole the names of columns that are joined as whole numbers
     * @param heard called after each batch
     */
    Optional<Rows> receive(FlightStream stream, Set<String> whole, Runnable heard) {
        if (isNothing(stream.getSchema())) {
            while (next(stream)) {
                heard.run();
            }
            return Optional.empty();
        }
        checkColumns(stream.getSchema());
        Path file = folder.resolve(UUID.randomUUID() + ".arrow");
        Budget budget = new Budget();
        SentKeys keys = SentKeys.of(stream.getSchema().getFields(), whole);
        try {
            long count = write(file, stream, keys, budget, heard);
            return Optional.of(new Rows(file, budget.reserved, count, PandasTypes.of(stream.getSchema()), keys));
        } catch (IOException e) {
            delete(file, budget.reserved);
            throw new StoreException(
                    "The offline server", "keep the rows sent", true, StoreException.Outcome.NOT_APPLIED, e);
        } catch (RuntimeException | Error e) {
            delete(file, budget.reserved);
            throw e;
        }
    }

    private static boolean isNothing(Schema schema) {
        return schema.getFields().size() == 1
                && schema.getFields().getFirst().getName().equals(NOTHING);
    }

    private static void checkColumns(Schema schema) {
        if (schema.getFields().isEmpty()) {
            throw new InvalidRequestException("The rows sent have no columns");
        }
        if (schema.getFields().stream().anyMatch(field -> field.getName().isEmpty())) {
            throw new InvalidRequestException("The rows sent have a column without a name");
        }
    }

    /** @throws InvalidRequestException if what comes next is no batch that can be read */
    private static boolean next(FlightStream stream) {
        try {
            return stream.next();
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(
                    "The rows sent cannot be read: their batches are compressed, or do not fit their schema. Send them uncompressed",
                    e);
        }
    }

    /** Returns the number of rows. */
    private static long write(Path file, FlightStream stream, SentKeys keys, Budget budget, Runnable heard)
            throws IOException {
        // Dictionaries, which tell the types of the columns they stand for, come with the first batch.
        boolean more = next(stream);
        long count = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                SentRows rows = new SentRows(stream, keys);
                ArrowStreamWriter writer = new ArrowStreamWriter(
                        rows.root(), new DictionaryProvider.MapDictionaryProvider(), new Budgeted(channel, budget))) {
            writer.start();
            while (more) {
                heard.run();
                rows.take();
                writer.writeBatch();
                count += rows.root().getRowCount();
                more = next(stream);
            }
            writer.end();
        }
        return count;
    }

    private void delete(Path file, long bytes) {
        used.addAndGet(-bytes);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} stays until the server stops", file, e);
        }
    }

    /** What one file has taken of the limit. */
    private final class Budget {
        private long reserved;

        void take(long bytes) {
            reserved += bytes;
            if (used.addAndGet(bytes) > limit) {
                throw FlightErrors.exhausted(
                        "The rows sent to this server and not used up exceed %,d bytes, as many as it keeps; try again, or send fewer"
                                .formatted(limit));
            }
        }
    }

    /** Counts what is written to a file before it is. */
    private record Budgeted(FileChannel file, Budget budget) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            budget.take(bytes.remaining());
            int count = 0;
            while (bytes.hasRemaining()) {
                count += file.write(bytes);
            }
            return count;
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Override
    public void close() {
        try {
            Trees.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
