package dev.manciple.benchmarks;

import dev.manciple.model.FeatureView;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.ViewChanges;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** Keeps nothing but the number of rows, so that what is left of a materialization is reading, decoding and handing over. */
public final class CountingStore implements OnlineStore {
    private final LongAdder rows = new LongAdder();

    /** How many rows were written so far. */
    public long rows() {
        return rows.sum();
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return Set.of();
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        return reads.stream()
                .map(read -> new OnlineResult(Collections.nCopies(read.keys().size(), Lookup.Absent.ABSENT)))
                .toList();
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> written) {
        rows.add(written.size());
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        return List.of();
    }

    @Override
    public void update(ViewChanges changes) {}

    @Override
    public void teardown(List<FeatureView> views) {}

    @Override
    public void close() {}
}
