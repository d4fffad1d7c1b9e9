package com.example.arrowfolder;

import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Joins the histories of folders of Arrow files in memory: a history is held whole, entity rows stream past it, so that their
 * number does not matter. Holds nothing between jobs.
 */
public final class ArrowFolderOfflineStore implements OfflineStore {
    private static final ArrowFolderSource SOURCES = new ArrowFolderSource();

    private final Path root;
    private final int batchSize;

    public ArrowFolderOfflineStore(ArrowFolderOfflineStoreConfig config, StoreContext context) {
        this.root = context.repoPath().resolve(config.root());
        this.batchSize = config.batchSize();
    }

    @Override
    public Set<OfflineCapability> capabilities() {
        return Set.of(OfflineCapability.WRITE);
    }

    @Override
    public RetrievalJob historicalFeatures(HistoricalRequest request) {
        if (request.options().filterByCreated()) {
            throw refused(OfflineCapability.FILTER_BY_CREATED, "leaving out rows created later");
        }
        return switch (request.spine()) {
            case Spine.Rows rows -> new HistoricalJob(rows, request, this::folder);
            case Spine.Query query -> throw refused(OfflineCapability.QUERY_SPINE, "entity rows from SQL");
            case Spine.Range range -> throw refused(OfflineCapability.RANGE_SPINE, "entity rows from a range of time");
        };
    }

    @Override
    public RetrievalJob pullLatest(PullRequest request) {
        return new PullJob(request, folder(request.source()), true, batchSize);
    }

    @Override
    public RetrievalJob pullAll(PullRequest request) {
        return new PullJob(request, folder(request.source()), false, batchSize);
    }

    @Override
    public Schema describe(DataSource.Batch source) {
        return folder(source).schema();
    }

    @Override
    public void write(FeatureView view, ArrowReader rows) {
        DataSource.Batch source = view.batchSource().orElseThrow();
        folder(source).append(source, rows);
    }

    @Override
    public void close() {}

    private ArrowFolder folder(DataSource.Batch source) {
        return new ArrowFolder(root.resolve(SOURCES.options(source).folder()));
    }

    private static UnsupportedException refused(OfflineCapability capability, String what) {
        return new UnsupportedException(capability.name(), what);
    }
}
