package dev.manciple.move;

import dev.manciple.error.UnsupportedException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Routes;
import dev.manciple.spi.ViewMove;
import java.util.OptionalLong;

/** The two stores of a move. */
record Sides(FeatureView view, String fromName, OnlineStore from, String toName, OnlineStore to) {
    static Sides of(FeatureView view, Routes routes, ViewMove move) {
        return new Sides(view, move.from(), routes.child(move.from()), move.to(), routes.child(move.to()));
    }

    boolean scans() {
        return from.capabilities().contains(OnlineCapability.SCAN);
    }

    /** How many rows one of them holds; empty if it cannot say. */
    OptionalLong rows(OnlineStore store) {
        try {
            return OptionalLong.of(store.count(view));
        } catch (UnsupportedException e) {
            return OptionalLong.empty();
        }
    }
}
