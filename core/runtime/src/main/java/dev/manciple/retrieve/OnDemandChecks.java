package dev.manciple.retrieve;

import dev.manciple.FeatureSelection;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import dev.manciple.transform.OnDemandFunction;
import dev.manciple.transform.OnDemandSlice;
import dev.manciple.transform.Transformations;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tries what computes on demand views before they are registered, on no rows at all. Thread-safe. */
public final class OnDemandChecks {
    private final Transformations transformations;

    public OnDemandChecks(Transformations transformations) {
        this.transformations = transformations;
    }

    /**
     * What is wrong with how a view computes: an expression that is none or reads what is no input, a function nobody provides.
     * Empty where all is well, and where it cannot be told in this process.
     *
     * @param views all that are defined, by name; what the view reads is among them
     */
    public Optional<String> problem(OnDemandFeatureView view, Map<String, AnyFeatureView> views) {
        if (view.transformation() instanceof Transformation.Foreign || readsDisabled(view, views)) {
            return Optional.empty();
        }
        try {
            OnDemandSlice slice = slice(view, views);
            OnDemandFunction function = transformations.of(slice);
            // Functions people write need not expect to be called without rows.
            if (view.transformation() instanceof Transformation.Sql) {
                function.compute(
                        slice.inputs().stream().map(input -> List.<Value>of()).toList(), 0);
            }
            return Optional.empty();
        } catch (InvalidRequestException | NotFoundException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (UnsupportedException e) {
            // The engine that evaluates expressions is not on the class path.
            return Optional.empty();
        }
    }

    private static boolean readsDisabled(OnDemandFeatureView view, Map<String, AnyFeatureView> views) {
        return view.views().stream()
                .anyMatch(read -> views.get(read.view()) instanceof FeatureView stored && !stored.enabled());
    }

    private static OnDemandSlice slice(OnDemandFeatureView view, Map<String, AnyFeatureView> views) {
        RegistrySnapshot defined = new RegistrySnapshot(
                "", "", Map.of(), views, Map.of(), Map.of(), Map.of(), List.of(), Map.of(), Extras.NONE);
        Projection everything = new Projection(view.name(), Optional.empty(), List.of(), Map.of());
        return new RequestPlanner(defined)
                .plan(new FeatureSelection.Views(List.of(everything)), true)
                .onDemand()
                .getFirst();
    }
}
