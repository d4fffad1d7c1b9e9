package dev.manciple.retrieve;

import dev.manciple.OnlineFeatures;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Routes;
import java.util.Optional;

/** Tells where views are kept. Thread-safe. */
public final class FeatureHomes {
    private final Optional<Routes> routes;
    private final String name;

    /** @param name of the store, which views of a router are not told by */
    public FeatureHomes(OnlineStore store, String name) {
        this.routes = store.routes();
        this.name = name;
    }

    OnlineFeatures.Origin of(FeatureView view) {
        return new OnlineFeatures.Origin(
                view.name(), routes.map(router -> router.childOf(view)).orElse(name), view.ttl());
    }
}
