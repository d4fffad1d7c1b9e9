package dev.manciple.plugin.stores;

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

/** Holds nothing. */
abstract class EmptyOnlineStore implements OnlineStore {
    @Override
    public Set<OnlineCapability> capabilities() {
        return Set.of();
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        return List.of();
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {}

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
