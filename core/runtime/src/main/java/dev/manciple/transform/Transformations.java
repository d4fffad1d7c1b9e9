package dev.manciple.transform;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.local.Engine;
import dev.manciple.model.Transformation;
import dev.manciple.spi.FeatureFunction;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** Finds what computes an on demand view. Thread-safe. */
public final class Transformations {
    private final Map<String, FeatureFunction> functions = new HashMap<>();
    private final Engine engine;

    /**
     * @param functions those of plug-ins and of the repository
     * @param engine evaluates SQL expressions; not closed
     * @throws InvalidRequestException if two functions have the same name
     */
    public Transformations(Collection<FeatureFunction> functions, Engine engine) {
        this.engine = engine;
        for (FeatureFunction function : functions) {
            FeatureFunction other = this.functions.putIfAbsent(function.name(), function);
            if (other != null) {
                throw new InvalidRequestException("Two feature functions are named '%s': %s and %s"
                        .formatted(
                                function.name(),
                                other.getClass().getName(),
                                function.getClass().getName()));
            }
        }
    }

    /**
     * What computes the slice.
     *
     * @throws UnsupportedException if its transformation cannot run here
     * @throws NotFoundException if it names a function nobody provides
     */
    public OnDemandFunction of(OnDemandSlice slice) {
        return switch (slice.view().transformation()) {
            case Transformation.Sql sql -> new SqlFunction(slice, sql, engine);
            case Transformation.Java java -> new JavaFunction(slice, function(java.function(), slice));
            case Transformation.Foreign foreign ->
                throw new UnsupportedException(
                        "Manciple",
                        "TRANSFORMATION_" + foreign.mode(),
                        "transformations in mode '%s', which on demand feature view '%s' has; leave its features out of the request, or rewrite it with SQL expressions or a Java function"
                                .formatted(foreign.mode(), slice.view().name()));
        };
    }

    private FeatureFunction function(String name, OnDemandSlice slice) {
        FeatureFunction function = functions.get(name);
        if (function == null) {
            throw new NotFoundException(
                    "Feature function",
                    name,
                    "On demand feature view '%s' names it; plug-ins and the repository provide: %s"
                            .formatted(
                                    slice.view().name(),
                                    functions.isEmpty()
                                            ? "none"
                                            : String.join(", ", new TreeSet<>(functions.keySet()))));
        }
        return function;
    }
}
