package com.example.arrowfolder;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnCopier;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.model.DataSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A folder whose {@code *.arrow} files hold the rows of one source. All files have the columns of the first. */
record ArrowFolder(Path path) {
    Schema schema() {
        return schema(files().getFirst());
    }

    private Schema schema(Path file) {
        try (BufferAllocator allocator = new RootAllocator();
                ArrowFileReader reader = reader(file, allocator)) {
            return reader.getVectorSchemaRoot().getSchema();
        } catch (IOException e) {
            throw failed("read the columns", Outcome.NOT_APPLIED, e);
        }
    }

    /** All rows of all files that are there now. The caller closes the reader. */
    FolderReader open(BufferAllocator allocator) {
        List<Path> files = files();
        return new FolderReader(this, schema(files.getFirst()), files, allocator);
    }

    long bytes() {
        try {
            long bytes = 0;
            for (Path file : files()) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw failed("find its size", Outcome.NOT_APPLIED, e);
        }
    }

    // snippet: append
    /** Adds a file under a name readers do not see, and gives it its own name when it is complete: all rows appear or none. */
    void append(DataSource.Batch source, ArrowReader rows) {
        Schema schema = schema();
        Path hidden = path.resolve(".%s.tmp".formatted(UUID.randomUUID()));
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot out = VectorSchemaRoot.create(schema, allocator)) {
            VectorSchemaRoot in = rows.getVectorSchemaRoot();
            List<ColumnCopier> columns = columns(source, out, in, rows);
            try (FileChannel channel =
                            FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    ArrowFileWriter writer = new ArrowFileWriter(out, null, channel)) {
                while (rows.loadNextBatch()) {
                    out.getFieldVectors().forEach(FieldVector::reset);
                    for (int row = 0; row < in.getRowCount(); row++) {
                        for (ColumnCopier column : columns) {
                            column.copy(row, row);
                        }
                    }
                    out.setRowCount(in.getRowCount());
                    writer.writeBatch();
                }
            }
            Files.move(hidden, path.resolve(UUID.randomUUID() + ".arrow"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed("append rows", Outcome.NOT_APPLIED, e);
        } finally {
            delete(hidden);
        }
    }
    // end snippet

    /** Rows carry the names of views; the columns of the source must be there exactly. */
    private static List<ColumnCopier> columns(
            DataSource.Batch source, VectorSchemaRoot out, VectorSchemaRoot in, ArrowReader rows) {
        List<ColumnCopier> columns = new ArrayList<>();
        List<String> wanted = new ArrayList<>();
        for (FieldVector to : out.getFieldVectors()) {
            String name = source.fieldMapping().getOrDefault(to.getName(), to.getName());
            wanted.add(name);
            FieldVector from = in.getVector(name);
            if (from != null) {
                columns.add(ArrowValues.copier(from, to, ArrowTypes.valueType(to.getField()), rows));
            }
        }
        List<String> given =
                in.getSchema().getFields().stream().map(Field::getName).toList();
        if (!new HashSet<>(given).equals(new HashSet<>(wanted))) {
            throw new InvalidRequestException(
                    "Data source '%s' takes rows with the columns %s, not %s".formatted(source.name(), wanted, given));
        }
        return columns;
    }

    private List<Path> files() {
        if (!Files.isDirectory(path)) {
            throw new NotFoundException("folder", path.toString());
        }
        try (Stream<Path> files = Files.list(path)) {
            List<Path> arrow = files.filter(file -> file.toString().endsWith(".arrow"))
                    .sorted()
                    .toList();
            if (arrow.isEmpty()) {
                throw new NotFoundException("file", path.resolve("*.arrow").toString());
            }
            return arrow;
        } catch (IOException e) {
            throw failed("list the files", Outcome.NOT_APPLIED, e);
        }
    }

    static ArrowFileReader reader(Path file, BufferAllocator allocator) throws IOException {
        return new ArrowFileReader(FileChannel.open(file), allocator);
    }

    private void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed("delete '%s'".formatted(file), Outcome.MAYBE, e);
        }
    }

    StoreException failed(String attempted, Outcome outcome, IOException cause) {
        return new StoreException("Arrow folder '%s'".formatted(path), attempted, false, outcome, cause);
    }
}
