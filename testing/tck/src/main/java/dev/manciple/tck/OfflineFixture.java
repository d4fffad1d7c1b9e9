package dev.manciple.tck;

import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowReader;

/** What the kit needs to know about one offline store. A fixture serves one test. */
public interface OfflineFixture extends AutoCloseable {
    /** A new store over the fixture's data, as its factory makes it from a config record. The kit closes it. */
    OfflineStore open(StoreContext context);

    /**
     * Creates a table or file that holds exactly these rows and tells how to name it.
     *
     * @param name unique within the test, with spaces, quotes and letters beyond ASCII but without slashes; also the name of
     *     the source
     * @param time by the columns' own names, to be used for the source as they are
     * @param rows closed by the kit
     */
    DataSource.Batch load(String name, TimeColumns time, ArrowReader rows);

    /**
     * A place the store can write a result or logs to, not existing yet. It is read back as a source, so its time columns are
     * {@code time}.
     */
    DataSource.Batch target(String name, TimeColumns time);

    /** What the author believes the store can do; compared with what the store declares. */
    Set<OfflineCapability> expectedCapabilities();

    /** Whether a column of this type can be loaded. A store of plain columns may lack lists, maps or structs. */
    default boolean stores(ValueType type) {
        return true;
    }

    /** SQL in the store's dialect that gives all columns and rows of a loaded table; needed with QUERY_SPINE. */
    default String selectAll(DataSource.Batch source) {
        throw new UnsupportedOperationException("A fixture of a store with QUERY_SPINE has to write SQL");
    }

    /**
     * Where files can be exported to, not existing yet; needed with REMOTE_EXPORT where the engine cannot write to a local
     * path.
     *
     * @param emptyFolder the test's
     */
    default SourceLocation.Files exportTarget(Path emptyFolder) {
        return new SourceLocation.Files(emptyFolder.resolve("exported.parquet").toString(), "parquet");
    }

    /** Deletes what the fixture made. */
    @Override
    void close();
}
