package dev.manciple;

import dev.manciple.error.UnsupportedException;
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

/** Stands where a repository says {@code online_store: null}: nothing to apply or tear down, and a refusal for the rest. */
enum NoOnlineStore implements OnlineStore {
    INSTANCE;

    @Override
    public Set<OnlineCapability> capabilities() {
        return Set.of();
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        throw refusal("reading online features");
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        throw refusal("writing online features");
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

    private static UnsupportedException refusal(String what) {
        return new UnsupportedException(
                "A feature store without online store",
                "ONLINE_STORE",
                what + "; configure 'online_store' in feature_store.yaml, where it is null now");
    }
}
