package dev.manciple.spi;

import dev.manciple.model.FeatureView;

/** One view and window to move, with what an engine's own processes need to reach both stores. */
public record MaterializationTask(
        FeatureView view, PullRequest pull, StoreConfig offlineStore, StoreConfig onlineStore) {}
