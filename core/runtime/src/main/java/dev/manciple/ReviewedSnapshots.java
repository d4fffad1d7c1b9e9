package dev.manciple;

import dev.manciple.error.ConfigException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OfflineReview;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RegistrySnapshot;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots all of whose views, but for those that only Feast can define, the offline store can serve: a view it cannot is
 * told on the first use of a repository, whatever that use is about, and not on the day somebody asks for the view.
 * Thread-safe.
 */
final class ReviewedSnapshots {
    private final OfflineStore offline;
    /** Of the snapshot that was accepted last; a version tells the content. */
    private final AtomicReference<@Nullable Accepted> accepted = new AtomicReference<>();

    private record Accepted(String project, String version) {}

    ReviewedSnapshots(OfflineStore offline) {
        this.offline = offline;
    }

    Supplier<RegistrySnapshot> of(Supplier<RegistrySnapshot> snapshots) {
        return () -> reviewed(snapshots.get());
    }

    /** @throws ConfigException with everything the offline store has against the definitions */
    RegistrySnapshot reviewed(RegistrySnapshot snapshot) {
        Accepted asked = new Accepted(snapshot.project(), snapshot.version());
        if (!asked.equals(accepted.get())) {
            List<FeatureView> views = snapshot.views().values().stream()
                    .filter(FeatureView.class::isInstance)
                    .map(FeatureView.class::cast)
                    .toList();
            OfflineReview review = offline.review(views, snapshot.services().values());
            if (!review.problems().isEmpty()) {
                throw new ConfigException("registry of project '%s'".formatted(snapshot.project()), review.problems());
            }
            accepted.set(asked);
        }
        return snapshot;
    }
}
