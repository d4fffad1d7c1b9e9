package dev.manciple.hybrid.offline;

import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.WriteReport;
import dev.manciple.spi.internal.GatedReader;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** A job of one child, as it is: with its SQL, its pushdown and its own way to write. */
record RoutedJob(RetrievalJob job, ChildStore child, String attempted, Route route, Workshop workshop)
        implements RetrievalJob {
    @Override
    public Schema schema() {
        return child.reading(attempted, job::schema);
    }

    @Override
    public ArrowReader open(BufferAllocator allocator) {
        GatedReader.Gate gate = child.waiting(attempted);
        return new GatedReader(gate.pass(() -> job.open(allocator)), allocator, gate);
    }

    @Override
    public Optional<String> sql() {
        return child.reading(attempted, job::sql);
    }

    @Override
    public Explanation explain() {
        Explanation inner = child.reading(attempted, job::explain);
        return new Explanation(
                HybridOfflineStore.NAME,
                "all of it by %s".formatted(child.title()),
                Optional.empty(),
                OptionalLong.empty(),
                List.of(inner));
    }

    /** By the child itself where it can, else files by this process. */
    @Override
    public WriteReport writeTo(SourceLocation target, boolean overwrite) {
        boolean here = target instanceof SourceLocation.Files
                && !child.store().capabilities().contains(OfflineCapability.REMOTE_EXPORT);
        return here
                ? Persisting.in(workshop.files(), this, workshop.allocator()).writeTo(target, overwrite)
                : child.reading(attempted, () -> job.writeTo(target, overwrite));
    }

    /** By the child itself where the target is its own too, else through this process. */
    @Override
    public void persist(DataSource.Batch target, boolean overwrite) {
        ChildStore owner = route.of(target);
        if (owner.equals(child)) {
            child.writing(attempted, () -> job.persist(target, overwrite));
        } else {
            owner.writing(
                    "write a result to '%s'".formatted(target.name()),
                    () -> Persisting.in(owner.store(), this, workshop.allocator())
                            .persist(target, overwrite));
        }
    }
}
