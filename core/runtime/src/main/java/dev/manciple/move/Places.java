package dev.manciple.move;

import dev.manciple.error.ConfigException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Routes;
import dev.manciple.spi.ViewMove;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where an online store keeps views: in itself, or in a child, or in a child of a child. */
public final class Places {
    private final OnlineStore store;

    public Places(OnlineStore store) {
        this.store = store;
    }

    /**
     * One step of the way to a view's rows.
     *
     * @param child the one that is read
     */
    private record Step(String child, Optional<ViewMove> move) {}

    /** The way to the store that is read, such as {@code outer/inner}; empty without a router, or if no child keeps the view. */
    public Optional<String> of(FeatureView view) {
        try {
            List<String> names = way(view).stream().map(Step::child).toList();
            return names.isEmpty() ? Optional.empty() : Optional.of(String.join("/", names));
        } catch (ConfigException e) {
            return Optional.empty();
        }
    }

    /** What keeps a view from being served: nothing but a router finds something. */
    public List<String> problems(FeatureView view) {
        try {
            way(view);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    /** Whether rows of both definitions of a view are written to the same places. */
    public boolean sameWriters(FeatureView one, FeatureView other) {
        return problems(one).isEmpty() && problems(other).isEmpty() && way(one).equals(way(other));
    }

    private List<Step> way(FeatureView view) {
        List<Step> way = new ArrayList<>();
        Optional<Routes> routes = store.routes();
        while (routes.isPresent()) {
            String child = routes.get().childOf(view);
            way.add(new Step(child, routes.get().moveOf(view)));
            routes = routes.get().child(child).routes();
        }
        return way;
    }

    /**
     * A new definition of a view with the moves of the registered one, which end by themselves only: while a view moves, the
     * move and not the definition says where it is. A move nobody can read is dropped.
     */
    public FeatureView withMovesOf(FeatureView registered, FeatureView defined) {
        FeatureView carried = defined;
        Optional<Routes> routes = store.routes();
        while (routes.isPresent()) {
            Routes level = routes.get();
            Optional<ViewMove> move = readable(level, registered);
            if (move.isPresent()) {
                carried = level.moving(carried, move.get());
            }
            routes = of(carried).isPresent()
                    ? level.child(level.childOf(carried)).routes()
                    : Optional.empty();
        }
        return carried;
    }

    private static Optional<ViewMove> readable(Routes level, FeatureView view) {
        try {
            return level.moveOf(view);
        } catch (ConfigException e) {
            return Optional.empty();
        }
    }

    /** A new definition without moves, which only {@code manciple move} begins. */
    public FeatureView withoutMoves(FeatureView defined) {
        FeatureView still = defined;
        Optional<Routes> routes = store.routes();
        while (routes.isPresent() && of(still).isPresent()) {
            Routes level = routes.get();
            String child = level.childOf(still);
            if (level.moveOf(still).isPresent()) {
                still = level.placed(still, child);
            }
            routes = level.child(child).routes();
        }
        return still;
    }

    /** The router that moves the view now; empty if none does. */
    Optional<Routes> moving(FeatureView view) {
        Optional<Routes> routes = store.routes();
        while (routes.isPresent()) {
            if (routes.get().moveOf(view).isPresent()) {
                return routes;
            }
            routes = routes.get().child(routes.get().childOf(view)).routes();
        }
        return Optional.empty();
    }

    /** The router on the way to the view that has a child of that name; empty if none has. */
    Optional<Routes> having(FeatureView view, String child) {
        Optional<Routes> routes = store.routes();
        while (routes.isPresent() && routes.get().named(child).isEmpty()) {
            routes = routes.get().child(routes.get().childOf(view)).routes();
        }
        return routes;
    }

    /** Every store on the way to the view and beside it, for messages. */
    List<String> known(FeatureView view) {
        List<String> known = new ArrayList<>();
        Optional<Routes> routes = store.routes();
        while (routes.isPresent()) {
            known.addAll(routes.get().children());
            routes = routes.get().child(routes.get().childOf(view)).routes();
        }
        return known;
    }
}
