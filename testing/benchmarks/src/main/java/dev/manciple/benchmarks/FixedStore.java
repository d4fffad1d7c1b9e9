package dev.manciple.benchmarks;

import dev.manciple.model.FeatureView;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.ViewChanges;
import java.util.List;
import java.util.Set;

/** Has one answer, whatever is asked, so that what is left of a read is what the runtime adds. */
public final class FixedStore implements OnlineStore {
    private final List<OnlineResult> answer;

    /** @param answer of another store, to the one question that will be asked */
    public FixedStore(List<OnlineResult> answer) {
        this.answer = answer;
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return Set.of();
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        return answer;
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        throw new UnsupportedOperationException("The answer is fixed");
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
