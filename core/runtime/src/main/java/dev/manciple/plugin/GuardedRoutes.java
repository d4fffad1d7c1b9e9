package dev.manciple.plugin;

import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Routes;
import dev.manciple.spi.ViewMove;
import java.util.List;
import java.util.Optional;

/** The routes of a router of somebody's, whose children fail as Manciple's stores do. */
record GuardedRoutes(Routes routes, Guard guard) implements Routes {
    @Override
    public List<String> children() {
        return guard.read("name its stores", routes::children);
    }

    @Override
    public Optional<String> named(String name) {
        return guard.read("find its store '" + name + "'", () -> routes.named(name));
    }

    @Override
    public String childOf(FeatureView view) {
        return guard.read("route feature view '" + view.name() + "'", () -> routes.childOf(view));
    }

    @Override
    public Optional<ViewMove> moveOf(FeatureView view) {
        return guard.read("route feature view '" + view.name() + "'", () -> routes.moveOf(view));
    }

    @Override
    public FeatureView placed(FeatureView view, String child) {
        return guard.read("route feature view '" + view.name() + "'", () -> routes.placed(view, child));
    }

    @Override
    public FeatureView moving(FeatureView view, ViewMove move) {
        return guard.read("route feature view '" + view.name() + "'", () -> routes.moving(view, move));
    }

    @Override
    public OnlineStore child(String name) {
        return Guards.onlineStore(
                guard.read("find its store '" + name + "'", () -> routes.child(name)), "online store '" + name + "'");
    }
}
