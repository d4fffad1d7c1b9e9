package dev.manciple.transform;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.local.Engine;
import dev.manciple.model.Transformation;
import dev.manciple.plugin.StoreObservers;
import dev.manciple.spi.FeatureFunction;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds what computes an on demand view. Thread-safe. */
public final class Transformations {
    private static final String SERVED_MODE = "pandas";

    private final Map<String, FeatureFunction> installed;
    private final Supplier<? extends Collection<FeatureFunction>> all;
    private final ReentrantLock asking = new ReentrantLock();
    private @Nullable Map<String, FeatureFunction> found;
    private final Optional<ForeignFunctions> foreign;
    private final Engine engine;
    private final StoreObservers observers;

    /**
     * @param installed those of plug-ins
     * @param engine evaluates SQL expressions; not closed
     * @throws InvalidRequestException if two functions have the same name
     */
    public Transformations(Collection<FeatureFunction> installed, Engine engine) {
        this(installed, () -> installed, Optional.empty(), engine, new StoreObservers());
    }

    /**
     * @param installed those of plug-ins
     * @param all those and the repository's, asked for once, when a view first names one that is not installed: they may have
     *     to be compiled
     * @param foreign computes what is in other languages, if anything does; not closed
     * @param engine evaluates SQL expressions; not closed
     * @param observers told how long online reads wait for what is computed
     * @throws InvalidRequestException if two installed functions have the same name
     */
    public Transformations(
            Collection<FeatureFunction> installed,
            Supplier<? extends Collection<FeatureFunction>> all,
            Optional<ForeignFunctions> foreign,
            Engine engine,
            StoreObservers observers) {
        this.installed = byName(installed);
        this.all = all;
        this.foreign = foreign;
        this.engine = engine;
        this.observers = observers;
    }

    private static Map<String, FeatureFunction> byName(Collection<FeatureFunction> functions) {
        Map<String, FeatureFunction> byName = new HashMap<>();
        for (FeatureFunction function : functions) {
            FeatureFunction other = byName.putIfAbsent(function.name(), function);
            if (other != null) {
                throw new InvalidRequestException("Two feature functions are named '%s': %s and %s"
                        .formatted(
                                function.name(),
                                other.getClass().getName(),
                                function.getClass().getName()));
            }
        }
        return byName;
    }

    /**
     * What computes the slice.
     *
     * @throws UnsupportedException if its transformation cannot run here
     * @throws NotFoundException if it names a function nobody provides
     */
    public OnDemandFunction of(OnDemandSlice slice) {
        return new ObservedFunction(unobserved(slice), slice.view(), observers);
    }

    /** As {@link #of}, for those who can answer with the other features: a transformation that cannot run here is refused when asked. */
    public OnDemandFunction orRefused(OnDemandSlice slice) {
        try {
            return of(slice);
        } catch (UnsupportedException e) {
            return new RefusedFunction(e);
        }
    }

    private OnDemandFunction unobserved(OnDemandSlice slice) {
        return switch (slice.view().transformation()) {
            case Transformation.Sql sql -> new SqlFunction(slice, sql, engine);
            case Transformation.Java java -> new JavaFunction(slice, function(java.function(), slice));
            case Transformation.Foreign code ->
                foreign.map(service -> service.of(slice)).orElseThrow(() -> unsupported(slice, code));
        };
    }

    private static UnsupportedException unsupported(OnDemandSlice slice, Transformation.Foreign code) {
        return new UnsupportedException(
                "Manciple",
                "TRANSFORMATION_" + code.mode(),
                "transformations in mode '%s', which on demand feature view '%s' has; leave its features out of the request, rewrite it with SQL expressions or a Java function, or %s"
                        .formatted(code.mode(), slice.view().name(), remedy(code.mode())));
    }

    /** Feast's transformation service runs no other mode than this. */
    private static String remedy(String mode) {
        return mode.equals(SERVED_MODE)
                ? "name a service that runs it in feature_server.transformation_service_endpoint"
                : "write it in mode '%s', which Feast's transformation service can run".formatted(SERVED_MODE);
    }

    private FeatureFunction function(String name, OnDemandSlice slice) {
        FeatureFunction function = installed.get(name);
        if (function != null) {
            return function;
        }
        Map<String, FeatureFunction> known = all();
        FeatureFunction own = known.get(name);
        if (own == null) {
            throw new NotFoundException(
                    "Feature function",
                    name,
                    "On demand feature view '%s' names it; plug-ins and the repository provide: %s"
                            .formatted(
                                    slice.view().name(),
                                    known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known.keySet()))));
        }
        return own;
    }

    private Map<String, FeatureFunction> all() {
        asking.lock();
        try {
            Map<String, FeatureFunction> known = found;
            if (known == null) {
                known = byName(all.get());
                found = known;
            }
            return known;
        } finally {
            asking.unlock();
        }
    }
}
