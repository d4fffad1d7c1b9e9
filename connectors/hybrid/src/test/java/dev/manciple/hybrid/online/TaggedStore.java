package dev.manciple.hybrid.online;

import dev.manciple.model.FeatureView;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Neighbor;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** A router that is told tags for views that have none, as those of the kit. */
record TaggedStore(OnlineStore router, Function<FeatureView, Map<String, String>> tags) implements OnlineStore {
    private FeatureView tagged(FeatureView view) {
        Map<String, String> all = new HashMap<>(view.about().tags());
        all.putAll(tags.apply(view));
        return view.about(view.about().tags(all));
    }

    private List<FeatureView> tagged(List<FeatureView> views) {
        return views.stream().map(this::tagged).toList();
    }

    private ViewChanges tagged(ViewChanges changes) {
        return new ViewChanges(tagged(changes.keep()), tagged(changes.drop()));
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return router.capabilities();
    }

    @Override
    public ChronoUnit timePrecision() {
        return router.timePrecision();
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        return router.read(reads.stream()
                .map(read -> new OnlineRead(tagged(read.view()), read.keys(), read.features()))
                .toList());
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        router.write(tagged(view), rows);
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        return router.plan(tagged(changes));
    }

    @Override
    public void update(ViewChanges changes) {
        router.update(tagged(changes));
    }

    @Override
    public void teardown(List<FeatureView> views) {
        router.teardown(tagged(views));
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        return router.purge(tagged(view), limit);
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        return router.scan(tagged(view));
    }

    @Override
    public List<Neighbor> search(VectorQuery query) {
        return router.search(new VectorQuery(
                tagged(query.view()),
                query.vector(),
                query.query(),
                query.topK(),
                query.metric(),
                query.features(),
                query.freshFrom()));
    }

    @Override
    public void close() {
        router.close();
    }
}
