package dev.manciple;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.Projection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Features by reference, by projection (aliases, join-key maps) or by service. */
public sealed interface FeatureSelection {
    /** In output order; a view may appear several times under different aliases. */
    record Views(List<Projection> projections) implements FeatureSelection {
        public Views {
            projections = List.copyOf(projections);
        }
    }

    record Service(String name) implements FeatureSelection {}

    /**
     * Features by what callers write, {@code view:feature}.
     *
     * @throws InvalidRequestException if a text is no reference
     */
    static FeatureSelection parse(List<String> references) {
        try {
            return of(references.stream().map(FeatureRef::parse).toArray(FeatureRef[]::new));
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(String.valueOf(e.getMessage()), e);
        }
    }

    static FeatureSelection of(FeatureRef... refs) {
        Map<String, List<String>> byView = new LinkedHashMap<>();
        for (FeatureRef ref : refs) {
            byView.computeIfAbsent(ref.view(), view -> new ArrayList<>()).add(ref.feature());
        }
        return new Views(byView.entrySet().stream()
                .map(e -> new Projection(e.getKey(), Optional.empty(), List.copyOf(e.getValue()), Map.of()))
                .toList());
    }
}
