package dev.manciple.retrieve;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Arrow IPC files: reads both the file and the stream format, writes the file format. */
final class ArrowFiles {
    private static final byte[] FILE_MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);

    private ArrowFiles() {}

    static Schema schema(Path file, BufferAllocator allocator) {
        try (ArrowReader reader = read(file, allocator)) {
            return reader.getVectorSchemaRoot().getSchema();
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidRequestException("'%s' is not an Arrow file: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** The caller closes the reader and with it the file. */
    static ArrowReader read(Path file, BufferAllocator allocator) {
        try {
            SeekableByteChannel channel = Files.newByteChannel(file);
            try {
                byte[] start = new byte[FILE_MAGIC.length];
                int read = channel.read(ByteBuffer.wrap(start));
                channel.position(0);
                return read == start.length && Arrays.equals(start, FILE_MAGIC)
                        ? new ArrowFileReader(channel, allocator)
                        : new ArrowStreamReader(channel, allocator);
            } catch (IOException | RuntimeException e) {
                try (channel) {
                    throw e;
                }
            }
        } catch (IOException e) {
            throw new StoreException("The file " + file, "open", false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    /** Writes the rows that are left and has the disk keep them; returns how many. Does not close the reader. */
    static long write(ArrowReader rows, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                ArrowFileWriter writer = new ArrowFileWriter(rows.getVectorSchemaRoot(), rows, channel)) {
            long count = 0;
            writer.start();
            while (rows.loadNextBatch()) {
                writer.writeBatch();
                count += rows.getVectorSchemaRoot().getRowCount();
            }
            writer.end();
            channel.force(true);
            return count;
        }
    }
}
