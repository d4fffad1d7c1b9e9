package com.example.arrowfolder;

import dev.manciple.model.DataSource;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OfflineFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;

/** How the kit gets a store and fills its sources. */
final class ArrowFolderFixture implements OfflineFixture {
    private final Path folder;

    ArrowFolderFixture(Path folder) {
        this.folder = folder;
    }

    @Override
    public OfflineStore open(StoreContext context) {
        return new ArrowFolderOfflineStore(new ArrowFolderOfflineStoreConfig(folder, 100), context);
    }

    @Override
    public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
        write(folder.resolve(name), rows);
        return target(name, time);
    }

    @Override
    public DataSource.Batch target(String name, TimeColumns time) {
        return new ArrowFolderSource().source(name, new ArrowFolderSource.Options(name)).time(time);
    }

    @Override
    public Set<OfflineCapability> expectedCapabilities() {
        return Set.of(OfflineCapability.WRITE);
    }

    @Override
    public void close() {}

    /** Makes a folder with one file that holds the rows. */
    static void write(Path folder, ArrowReader rows) {
        try {
            Files.createDirectories(folder);
            try (FileChannel file = FileChannel.open(
                            folder.resolve("rows.arrow"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    ArrowFileWriter writer = new ArrowFileWriter(rows.getVectorSchemaRoot(), null, file)) {
                writer.start();
                while (rows.loadNextBatch()) {
                    writer.writeBatch();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
