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
    static Views parse(List<String> references) {
        Map<String, List<String>> byView = new LinkedHashMap<>();
        String view = "";
        List<String> features = new ArrayList<>();
        try {
            for (String reference : references) {
                // Features of a view mostly follow each other.
                if (isOf(view, reference)) {
                    features.add(reference.substring(view.length() + 1));
                } else {
                    FeatureRef parsed = FeatureRef.parse(reference);
                    view = parsed.view();
                    features = byView.computeIfAbsent(view, name -> new ArrayList<>());
                    features.add(parsed.feature());
                }
            }
            return of(byView);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean isOf(String view, String reference) {
        int colon = view.length();
        return colon > 0
                && reference.length() > colon + 1
                && reference.charAt(colon) == ':'
                && reference.startsWith(view);
    }

    static FeatureSelection of(FeatureRef... refs) {
        Map<String, List<String>> byView = new LinkedHashMap<>();
        for (FeatureRef ref : refs) {
            byView.computeIfAbsent(ref.view(), view -> new ArrayList<>()).add(ref.feature());
        }
        return of(byView);
    }

    private static Views of(Map<String, List<String>> featuresByView) {
        List<Projection> projections = new ArrayList<>(featuresByView.size());
        featuresByView.forEach(
                (view, features) -> projections.add(new Projection(view, Optional.empty(), features, Map.of())));
        return new Views(projections);
    }
}
