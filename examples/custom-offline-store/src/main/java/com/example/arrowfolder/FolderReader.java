package com.example.arrowfolder;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** The batches of several files, one file after another. */
final class FolderReader extends ArrowReader {
    private final ArrowFolder folder;
    private final Schema schema;
    private final List<Path> files;
    private final BufferAllocator allocator;
    private final Iterator<Path> left;
    private @Nullable ArrowFileReader file;

    FolderReader(ArrowFolder folder, Schema schema, List<Path> files, BufferAllocator allocator) {
        super(allocator);
        this.folder = folder;
        this.schema = schema;
        this.files = files;
        this.allocator = allocator;
        this.left = files.iterator();
    }

    /** The same rows from the start, whatever has been added since. */
    FolderReader again() {
        return new FolderReader(folder, schema, files, allocator);
    }

    @Override
    protected Schema readSchema() {
        return schema;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() {
        try {
            return super.getVectorSchemaRoot();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public boolean loadNextBatch() {
        try {
            prepareLoadNextBatch();
            while (file != null || left.hasNext()) {
                ArrowFileReader from = file == null ? openNext() : file;
                if (from.loadNextBatch()) {
                    // The buffers change hands: no value is copied.
                    loadRecordBatch(new VectorUnloader(from.getVectorSchemaRoot()).getRecordBatch());
                    return true;
                }
                closeReadSource();
            }
            return false;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private ArrowFileReader openNext() throws IOException {
        Path path = left.next();
        ArrowFileReader opened = ArrowFolder.reader(path, allocator);
        file = opened;
        Schema found = opened.getVectorSchemaRoot().getSchema();
        if (!found.getFields().equals(schema.getFields())) {
            throw new InvalidRequestException("All files of a folder must have the same columns: '%s' has %s, not %s"
                    .formatted(path, found.getFields(), schema.getFields()));
        }
        return opened;
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    /** Closes the file that is open, if one is. */
    @Override
    protected void closeReadSource() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }

    @Override
    public void close() {
        try {
            super.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private StoreException failed(IOException e) {
        return folder.failed("read its rows", Outcome.NOT_APPLIED, e);
    }
}
