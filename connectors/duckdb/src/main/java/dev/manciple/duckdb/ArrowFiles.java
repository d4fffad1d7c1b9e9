package dev.manciple.duckdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.InvalidArrowFileException;

/** Arrow IPC files, which the engine cannot read itself: the file format, also called Feather, and the streaming format. */
final class ArrowFiles {
    private static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);

    private ArrowFiles() {}

    static boolean owns(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".arrow") || lower.endsWith(".arrows") || lower.endsWith(".feather");
    }

    /** A reader that closes the file. */
    static ArrowReader open(Path file, BufferAllocator allocator) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        ArrowReader reader = isFileFormat(channel)
                ? new ArrowFileReader(channel, allocator)
                : new ArrowStreamReader(channel, allocator);
        try {
            reader.getVectorSchemaRoot();
            return reader;
        } catch (IOException | InvalidArrowFileException | IllegalArgumentException e) {
            try (reader) {
                throw Unreadable.unreadable(
                        "the file",
                        "'%s' is not an Arrow file, or was cut short. Write it again; if it is of another format, its name must say so"
                                .formatted(file),
                        e);
            }
        }
    }

    private static boolean isFileFormat(FileChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(MAGIC.length);
        while (start.hasRemaining() && channel.read(start, start.position()) >= 0) {}
        return start.flip().equals(ByteBuffer.wrap(MAGIC));
    }
}
