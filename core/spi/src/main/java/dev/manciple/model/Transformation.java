package dev.manciple.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** How an on demand view computes its features. */
public sealed interface Transformation {
    /**
     * One SQL expression per feature over the input columns, in DuckDB's dialect.
     *
     * @param expressions feature name to expression, in the order written
     */
    record Sql(Map<String, String> expressions) implements Transformation {
        public Sql {
            expressions = Collections.unmodifiableMap(new LinkedHashMap<>(expressions));
        }
    }

    /** A function a plug-in or the repository provides under this name; see {@code Plugin.functions}. */
    record Java(String function) implements Transformation {}

    /**
     * A transformation this process cannot run, such as Python.
     *
     * @param mode Feast's mode, such as {@code pandas}
     * @param text its source text, for people; the bytes travel in the view's extras
     */
    record Foreign(String mode, String text) implements Transformation {}
}
