package dev.manciple.retrieve;

import dev.manciple.FeatureSelection;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.ViewSlice;
import dev.manciple.transform.Transformations;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Plans online requests and remembers the plans, so that a read neither resolves names nor touches the registry. Plans of a
 * snapshot are forgotten with it. Thread-safe.
 */
final class OnlinePlanner {
    /** Services ask for a handful of selections; who asks for thousands of different ones pays for planning them. */
    private static final int MAX_PLANS = 1_000;

    private final Supplier<RegistrySnapshot> snapshots;
    private final Transformations transformations;
    private final FeatureHomes homes;
    private final AtomicReference<Generation> current;

    OnlinePlanner(Supplier<RegistrySnapshot> snapshots, Transformations transformations, FeatureHomes homes) {
        this.snapshots = snapshots;
        this.transformations = transformations;
        this.homes = homes;
        this.current = new AtomicReference<>(new Generation(RegistrySnapshot.empty("")));
    }

    OnlinePlan plan(FeatureSelection selection, boolean fullFeatureNames) {
        RegistrySnapshot snapshot = snapshots.get();
        Generation generation = current.get();
        if (!generation.isOf(snapshot) || generation.plans.size() >= MAX_PLANS) {
            generation = new Generation(snapshot);
            current.set(generation);
        }
        Request request = new Request(selection, fullFeatureNames);
        OnlinePlan known = generation.plans.get(request);
        if (known != null) {
            return known;
        }
        FeaturePlan planned = new RequestPlanner(snapshot).plan(selection, fullFeatureNames);
        planned.slices().forEach(OnlinePlanner::requireOnline);
        OnlinePlan plan = OnlinePlan.of(planned, transformations, homes);
        generation.plans.put(request, plan);
        return plan;
    }

    private static void requireOnline(ViewSlice slice) {
        FeatureView view = slice.view();
        if (!view.online()) {
            throw new InvalidRequestException(
                    "Feature view '%s' is not configured to be served online. Set 'online: true' in its definition, apply and materialize."
                            .formatted(view.name()));
        }
    }

    private record Request(FeatureSelection selection, boolean fullFeatureNames) {}

    private record Generation(RegistrySnapshot snapshot, Map<Request, OnlinePlan> plans) {
        Generation(RegistrySnapshot snapshot) {
            this(snapshot, new ConcurrentHashMap<>());
        }

        boolean isOf(RegistrySnapshot other) {
            return snapshot.version().equals(other.version())
                    && snapshot.project().equals(other.project());
        }
    }
}
