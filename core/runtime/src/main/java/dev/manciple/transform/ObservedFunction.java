package dev.manciple.transform;

import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Transformation;
import dev.manciple.plugin.StoreObservers;
import dev.manciple.spi.Value;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** Tells how long it took to compute values, which online reads ask for; rows held in Arrow are those of history. */
final class ObservedFunction implements OnDemandFunction {
    private final OnDemandFunction function;
    private final StoreObservers observers;
    private final String view;
    private final String mode;

    ObservedFunction(OnDemandFunction function, OnDemandFeatureView view, StoreObservers observers) {
        this.function = function;
        this.observers = observers;
        this.view = view.name();
        this.mode = switch (view.transformation()) {
            case Transformation.Sql sql -> "sql";
            case Transformation.Java java -> "java";
            case Transformation.Foreign code -> code.mode();
        };
    }

    @Override
    public List<List<Value>> compute(List<List<Value>> inputs, int rows) {
        // Who checks an expression computes it without rows.
        if (rows == 0 || observers.isEmpty()) {
            return function.compute(inputs, rows);
        }
        long began = System.nanoTime();
        try {
            return function.compute(inputs, rows);
        } finally {
            observers.transformed(view, mode, System.nanoTime() - began);
        }
    }

    @Override
    public void compute(
            List<FieldVector> inputs, DictionaryProvider dictionaries, int rows, List<FieldVector> outputs) {
        function.compute(inputs, dictionaries, rows, outputs);
    }
}
