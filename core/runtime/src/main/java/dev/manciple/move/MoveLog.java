package dev.manciple.move;

import dev.manciple.error.ConflictException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Records the phases of moves in the registry, whoever else writes to it meanwhile. */
final class MoveLog {
    /** Losing this often in a row means something else than other writers. */
    private static final int MAX_ATTEMPTS = 50;

    private final Registry registry;
    private final String project;
    private final Consumer<RegistrySnapshot> committed;

    /** @param committed hears of each new state, so that this process goes by it at once */
    MoveLog(Registry registry, String project, Consumer<RegistrySnapshot> committed) {
        this.registry = registry;
        this.project = project;
        this.committed = committed;
    }

    RegistrySnapshot snapshot() {
        return registry.load(project, Optional.empty());
    }

    static FeatureView view(RegistrySnapshot snapshot, String name) {
        if (!(snapshot.views().get(name) instanceof FeatureView view)) {
            if (snapshot.view(name).orElse(null) instanceof FeatureView) {
                throw new UnsupportedException(
                        "Manciple",
                        "MOVE",
                        "moving feature view '%s', which only Feast defines: a move is noted in the definition"
                                .formatted(name));
            }
            throw new NotFoundException(
                    "Feature view",
                    name,
                    "Known: " + String.join(", ", snapshot.views().keySet()));
        }
        if (!view.online()) {
            throw new InvalidRequestException(
                    "Feature view '%s' is not online: no online store has rows of it to move".formatted(name));
        }
        return view;
    }

    /** Replaces the view's definition by what {@code change} makes of the newest one; it may refuse. */
    FeatureView change(String name, UnaryOperator<FeatureView> change) {
        for (int attempt = 1; ; attempt++) {
            RegistrySnapshot now = snapshot();
            FeatureView changed = change.apply(view(now, name));
            try {
                committed.accept(registry.commit(now, List.of(new RegistryChange.Put(changed))));
                return changed;
            } catch (ConflictException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
