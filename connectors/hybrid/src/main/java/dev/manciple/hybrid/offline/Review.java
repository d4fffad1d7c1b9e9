package dev.manciple.hybrid.offline;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.hybrid.offline.HybridOfflineConfig.CrossEngine;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Projection;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineReview;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the router says of definitions: where each view and sink goes, what its store has against it, and what will move. */
record Review(List<ChildStore> children, Route route, HybridOfflineConfig config, Set<OfflineCapability> together) {
    OfflineReview of(Collection<FeatureView> views, Collection<FeatureService> services) {
        List<String> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        notes.add(capabilities());
        Map<String, ChildStore> owners = new HashMap<>();
        Map<ChildStore, List<FeatureView>> owned = new LinkedHashMap<>();
        for (FeatureView view : views) {
            view.batchSource()
                    .flatMap(source -> routed("feature view '%s'".formatted(view.name()), source, problems))
                    .ifPresent(child -> {
                        owners.put(view.name(), child);
                        owned.computeIfAbsent(child, any -> new ArrayList<>()).add(view);
                    });
        }
        owned.forEach((child, its) -> inside(child, its, problems, notes));
        services.forEach(service -> sink(service, problems));
        services.forEach(service -> acrossStores(service, views, owners, problems, notes));
        return new OfflineReview(problems, notes);
    }

    private Optional<ChildStore> routed(String of, DataSource.Batch source, List<String> problems) {
        try {
            return Optional.of(route.of(source));
        } catch (FeatureStoreException e) {
            problems.add("%s: %s".formatted(of, e.getMessage()));
            return Optional.empty();
        }
    }

    /** What a child itself says of its views; services it is not asked about, since they may have views of others. */
    private static void inside(ChildStore child, List<FeatureView> views, List<String> problems, List<String> notes) {
        OfflineReview review =
                child.reading("review definitions", () -> child.store().review(views, List.of()));
        review.problems().forEach(problem -> problems.add("%s: %s".formatted(child.title(), problem)));
        review.notes().forEach(note -> notes.add("%s: %s".formatted(child.title(), note)));
    }

    private void sink(FeatureService service, List<String> problems) {
        service.logging().ifPresent(logging -> {
            String of = "feature service '%s'".formatted(service.name());
            routed(of, logging.sink(), problems)
                    .filter(child -> !child.store().capabilities().contains(OfflineCapability.WRITE_LOGS))
                    .ifPresent(child -> problems.add("%s: its logs go to '%s', but %s cannot write logs"
                            .formatted(of, logging.sink().name(), child.title())));
        });
    }

    private void acrossStores(
            FeatureService service,
            Collection<FeatureView> views,
            Map<String, ChildStore> owners,
            List<String> problems,
            List<String> notes) {
        Map<ChildStore, Integer> features = new LinkedHashMap<>();
        for (Projection projection : service.features()) {
            ChildStore owner = owners.get(projection.view());
            if (owner != null) {
                features.merge(owner, count(projection, views), Integer::sum);
            }
        }
        if (features.size() < 2) {
            return;
        }
        String where = features.keySet().stream().map(ChildStore::name).collect(Collectors.joining(", "));
        if (config.crossEngine() == CrossEngine.REFUSE) {
            problems.add(
                    "feature service '%s': All feature views must have the same source type; its views lie in %s, and 'cross_engine' is 'refuse'"
                            .formatted(service.name(), where));
            return;
        }
        String moved = features.entrySet().stream()
                .map(each -> "keys and times of entity rows to %s, and %d of its features back or its source rows"
                        .formatted(each.getKey().name(), each.getValue()))
                .collect(Collectors.joining("; "));
        notes.add("Feature service '%s' joins across %s. These bytes leave their platforms: %s."
                .formatted(service.name(), where, moved));
    }

    private static int count(Projection projection, Collection<FeatureView> views) {
        return projection.features().isEmpty()
                ? views.stream()
                        .filter(view -> view.name().equals(projection.view()))
                        .mapToInt(view -> view.features().size())
                        .sum()
                : projection.features().size();
    }

    private String capabilities() {
        Set<OfflineCapability> missing = EnumSet.complementOf(EnumSet.copyOf(together));
        Set<String> lacking = new LinkedHashSet<>();
        for (OfflineCapability capability : missing) {
            lacking.add("%s (not by %s)"
                    .formatted(
                            capability,
                            children.stream()
                                    .filter(child ->
                                            !child.store().capabilities().contains(capability))
                                    .map(ChildStore::name)
                                    .collect(Collectors.joining(", "))));
        }
        return "Offline stores %s together can %s%s."
                .formatted(
                        children.stream().map(ChildStore::name).collect(Collectors.joining(", ")),
                        together.stream().sorted().map(Enum::name).collect(Collectors.joining(", ")),
                        lacking.isEmpty() ? "" : ", but not " + String.join(", ", lacking));
    }
}
