package dev.manciple.duckdb;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.Value;
import dev.manciple.spi.internal.WholeFile;
import dev.manciple.sql.Sql;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes rows to files: new ones, and more rows to those that exist. Whatever fails leaves what was there. */
final class FileWriter {
    private static final String ADDED = "__added";

    /** What Arrow says of the columns as another writer wrote them. */
    private static final String ARROW_SCHEMA = "ARROW:schema";

    private final DuckDb engine;
    private final BufferAllocator allocator;

    FileWriter(DuckDb engine, BufferAllocator allocator) {
        this.engine = engine;
        this.allocator = allocator;
    }

    /** Writes one Parquet or CSV file and returns how many rows it has. Does not close the reader. */
    long write(ArrowReader rows, Path target, FileSource.Format format, boolean overwrite) throws IOException {
        refuseUndistinguishable(rows.getVectorSchemaRoot().getSchema(), target);
        return Targets.write(target, overwrite, file -> {
            try (DuckDbSession session = engine.session(allocator)) {
                return session.scan(
                        rows,
                        incoming -> session.update(
                                copy(Sql.of("SELECT * FROM {}", incoming), file, options(format, target))));
            }
        });
    }

    /** Writes a folder of one file and returns how many rows it has. Does not close the reader. */
    long writeFolder(ArrowReader rows, Path target, FileSource.Format format, boolean overwrite) {
        return Targets.writeFolder(
                target, overwrite, folder -> write(rows, folder.resolve(partName(format)), format, false));
    }

    /** Writes one Arrow IPC file and returns how many rows it has. Does not close the reader. */
    static long writeArrow(ArrowReader rows, Path target, boolean overwrite) {
        return Targets.write(target, overwrite, file -> {
            VectorSchemaRoot root = rows.getVectorSchemaRoot();
            long count = 0;
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                    ArrowFileWriter writer = new ArrowFileWriter(root, rows, channel)) {
                writer.start();
                while (rows.loadNextBatch()) {
                    writer.writeBatch();
                    count += root.getRowCount();
                }
                writer.end();
            }
            return count;
        });
    }

    /**
     * Adds rows to files that exist. A single file is rewritten, old rows first; a folder gets one more file, or one in each
     * partition that rows belong to. These appear one after the other.
     *
     * @param source how the engine reads the files, with the types their columns have
     * @param rows with exactly the columns of the files, in any order; not closed
     */
    void append(FileSource file, Sql source, ArrowReader rows) {
        switch (file.shape()) {
            case FILE -> Targets.alone(file.path(), Targets.PATIENCE, () -> appendTo(file, source, rows));
            case FOLDER -> {
                if (file.isPartitioned()) {
                    appendToPartitions(file, source, rows);
                    return;
                }
                Path part = file.path().resolve(partName(file.format()));
                Targets.write(part, false, target -> {
                    try (DuckDbSession session = engine.session(allocator)) {
                        convert(session, source, rows);
                        return session.update(copy(
                                Sql.of("SELECT * FROM {}", quote(ADDED)), target, likeOthers(session, file, part)));
                    }
                });
            }
            case GLOB ->
                throw new InvalidRequestException(
                        "Rows cannot be added to the pattern '%s': name one file or a folder".formatted(file));
        }
    }

    private void appendToPartitions(FileSource file, Sql source, ArrowReader rows) {
        List<Sql> keys = file.partitionsBelow().stream().map(FileWriter::quote).toList();
        Targets.addAll(file.path(), folder -> {
            try (DuckDbSession session = engine.session(allocator)) {
                convert(session, source, rows);
                return session.update(Sql.of(
                        "COPY {} TO {} ({}, PARTITION_BY ({}), FILENAME_PATTERN 'part-{uuid}')",
                        quote(ADDED),
                        Sql.literal(folder.toString()),
                        likeOthers(session, file, folder),
                        Sql.join(", ", keys)));
            }
        });
    }

    private void appendTo(FileSource file, Sql source, ArrowReader rows) {
        Targets.write(file.path(), true, target -> {
            try (DuckDbSession session = engine.session(allocator)) {
                convert(session, source, rows);
                return switch (file.format()) {
                    case PARQUET ->
                        session.update(copy(
                                Sql.of("SELECT * FROM {} UNION ALL SELECT * FROM {}", source, quote(ADDED)),
                                target,
                                Sql.of(
                                        "{}, KV_METADATA {{}}",
                                        options(file.format(), file.path()),
                                        metadata(session, file))));
                    case CSV -> appendCsv(session, file.path(), target);
                };
            }
        });
    }

    /** What others have noted in a Parquet file, as pandas does of its columns; of names that differ by case only, one stays. */
    private static Sql metadata(DuckDbSession session, FileSource file) throws IOException {
        Sql noted = Sql.of("""
                SELECT name, value
                FROM (SELECT first(try(decode(key))) AS name, first(hex(value)) AS value
                    FROM parquet_kv_metadata({}) GROUP BY lower(try(decode(key))))
                WHERE regexp_full_match(name, '[^\\x00]+') AND name <> {}""", file.sql(), Sql.literal(ARROW_SCHEMA));
        try (ArrowReader rows = session.query(noted, session.allocator())) {
            return Sql.join(", ", ArrowRows.read(rows).stream().map(FileWriter::pair));
        }
    }

    private static Sql pair(List<Value> row) {
        return Sql.of("{}: from_hex({})", quote(text(row.getFirst())), Sql.literal(text(row.getLast())));
    }

    private static String text(Value value) {
        return value instanceof Value.Text(String text) ? text : "";
    }

    /** Old lines stay as they are, byte for byte: reading and writing them would change how values are spelt. */
    private static long appendCsv(DuckDbSession session, Path old, Path target) throws IOException {
        if (!old.toString().toLowerCase(Locale.ROOT).endsWith(".csv")) {
            throw new InvalidRequestException("Rows cannot be added to '%s'; only to a plain .csv file".formatted(old));
        }
        Sql delimiter = Sql.literal(FileSource.delimiter(old).orElse(',').toString());
        Path added = WholeFile.temporary(target);
        try {
            long rows = session.update(copy(
                    Sql.of("SELECT * FROM {}", quote(ADDED)),
                    added,
                    Sql.of("FORMAT csv, HEADER false, DELIMITER {}, QUOTE '\"', ESCAPE '\"'", delimiter)));
            Files.copy(old, target, StandardCopyOption.REPLACE_EXISTING);
            byte[] lineBreak = CsvText.lineBreak(old).getBytes(StandardCharsets.US_ASCII);
            boolean complete = endsLine(target);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target, StandardOpenOption.APPEND));
                    InputStream in = new BufferedInputStream(Files.newInputStream(added))) {
                if (!complete) {
                    out.write(lineBreak);
                }
                copyLines(in, out, lineBreak);
            }
            return rows;
        } finally {
            Files.deleteIfExists(added);
        }
    }

    /** Ends lines as the old ones do, for a file of two kinds cannot be read; line feeds within quotation marks are values. */
    private static void copyLines(InputStream from, OutputStream to, byte[] lineBreak) throws IOException {
        boolean quoted = false;
        for (int character = from.read(); character >= 0; character = from.read()) {
            quoted ^= character == '"';
            if (character == '\n' && !quoted) {
                to.write(lineBreak);
            } else {
                to.write(character);
            }
        }
    }

    private static boolean endsLine(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() == 0) {
                return true;
            }
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.read(last, channel.size() - 1);
            return last.get(0) == '\n';
        }
    }

    /**
     * Brings the rows into the engine under the columns and types of the files. Columns it knows to hold no nulls it would write
     * as those that must not have any, and then others could add none: so there is one in each, for a moment.
     */
    private static void convert(DuckDbSession session, Sql source, ArrowReader rows) {
        session.execute(Sql.of("CREATE TEMP TABLE {} AS SELECT * FROM {} AS existing LIMIT 0", quote(ADDED), source));
        session.execute(Sql.of("INSERT INTO {} DEFAULT VALUES", quote(ADDED)));
        session.execute(Sql.of("DELETE FROM {}", quote(ADDED)));
        session.scan(
                rows,
                incoming -> session.update(Sql.of("INSERT INTO {} BY NAME SELECT * FROM {}", quote(ADDED), incoming)));
    }

    /** The file has its temporary name already, under which it is removed if this process is killed. */
    private static Sql copy(Sql query, Path file, Sql options) {
        return Sql.of("COPY ({}) TO {} ({}, USE_TMP_FILE false)", query, Sql.literal(file.toString()), options);
    }

    private static Sql options(FileSource.Format format, Path target) {
        return switch (format) {
            case PARQUET -> Sql.of("FORMAT parquet, COMPRESSION zstd");
            case CSV -> Sql.of("FORMAT csv, HEADER true, COMPRESSION {}", Sql.literal(compression(target)));
        };
    }

    /** All files of a source are read with what is between the columns of the first. */
    private static Sql likeOthers(DuckDbSession session, FileSource file, Path target) {
        Sql options = options(file.format(), target);
        return switch (file.format()) {
            case PARQUET -> options;
            case CSV ->
                Sql.of(
                        "{}, DELIMITER {}",
                        options,
                        Sql.literal(file.delimiter(session).orElse(',').toString()));
        };
    }

    private static String compression(Path target) {
        String name = target.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".gz") ? "gzip" : name.endsWith(".zst") ? "zstd" : "none";
    }

    private static String partName(FileSource.Format format) {
        return "part-%s%s".formatted(UUID.randomUUID(), format.ending());
    }

    private static Sql quote(String name) {
        return Sql.quoted(name, '"');
    }

    static void refuseUndistinguishable(Schema schema, Path target) {
        Map<String, String> seen = new HashMap<>();
        for (Field field : schema.getFields()) {
            String other = seen.put(field.getName().toLowerCase(Locale.ROOT), field.getName());
            if (other != null) {
                throw new InvalidRequestException(
                        "The columns '%s' and '%s' differ by case at most, which %s could not keep apart: rename one of them"
                                .formatted(other, field.getName(), target));
            }
        }
    }
}
