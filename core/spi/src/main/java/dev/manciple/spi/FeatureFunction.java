package dev.manciple.spi;

import java.util.Map;

/** A function on demand views name in their definition. Thread-safe and free of side effects. */
public interface FeatureFunction {
    /** What definitions write. */
    String name();

    /**
     * Computes one row.
     *
     * @param inputs every input column of the view by its bare name; a null is {@link Value.Null}
     * @return a value for every feature of the view, of the feature's type
     */
    Map<String, Value> apply(Map<String, Value> inputs);
}
