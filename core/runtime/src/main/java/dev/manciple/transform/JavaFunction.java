package dev.manciple.transform;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.model.Field;
import dev.manciple.spi.FeatureFunction;
import dev.manciple.spi.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a Java function row by row. */
final class JavaFunction extends ValueFunction {
    private final FeatureFunction function;

    JavaFunction(OnDemandSlice slice, FeatureFunction function) {
        super(slice);
        this.function = function;
    }

    @Override
    public List<List<Value>> compute(List<List<Value>> inputs, int rows) {
        List<List<Value>> outputs = new ArrayList<>();
        slice().features().forEach(feature -> outputs.add(new ArrayList<>(rows)));
        for (int row = 0; row < rows; row++) {
            Map<String, Value> arguments = new LinkedHashMap<>();
            for (int i = 0; i < inputs.size(); i++) {
                arguments.put(slice().inputs().get(i).name(), inputs.get(i).get(row));
            }
            Map<String, Value> results = run(arguments);
            for (int i = 0; i < outputs.size(); i++) {
                outputs.get(i).add(result(results, slice().features().get(i)));
            }
        }
        return outputs;
    }

    private Map<String, Value> run(Map<String, Value> arguments) {
        try {
            return function.apply(Collections.unmodifiableMap(arguments));
        } catch (FeatureStoreException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StoreException(
                    "On demand feature view '%s'".formatted(slice().view().name()),
                    // Not on which values: failures are logged.
                    "run function '%s' on its inputs %s".formatted(function.name(), arguments.keySet()),
                    false,
                    StoreException.Outcome.NOT_APPLIED,
                    e);
        }
    }

    private Value result(Map<String, Value> results, Field feature) {
        Value value = results.get(feature.name());
        if (value == null) {
            throw new InvalidRequestException(
                    "Function '%s' gave no value for feature '%s' of on demand feature view '%s', only for: %s"
                            .formatted(
                                    function.name(),
                                    feature.name(),
                                    slice().view().name(),
                                    String.join(", ", results.keySet())));
        }
        return ArrowValues.convert(value, feature.type(), feature.name());
    }
}
