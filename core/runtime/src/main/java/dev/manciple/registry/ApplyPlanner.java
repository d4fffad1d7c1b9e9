package dev.manciple.registry;

import dev.manciple.ApplyPlan;
import dev.manciple.PlanOptions;
import dev.manciple.error.ConfigException;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.Definition;
import dev.manciple.model.FeatureView;
import dev.manciple.move.Places;
import dev.manciple.retrieve.OnDemandChecks;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.OfflineReview;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.ViewChanges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Works out what an apply will do. Changes nothing; thread-safe. */
public final class ApplyPlanner {
    private final OfflineStore offline;
    private final OnlineStore online;
    private final Places places;
    private final OnDemandChecks onDemandChecks;

    public ApplyPlanner(OfflineStore offline, OnlineStore online, OnDemandChecks onDemandChecks) {
        this.offline = offline;
        this.online = online;
        this.onDemandChecks = onDemandChecks;
        this.places = new Places(online);
    }

    /**
     * Checks the definitions, infers what they leave open, and compares them with what is registered.
     *
     * @throws ConfigException with everything that is wrong with them
     */
    public ApplyPlan plan(RegistrySnapshot before, List<Definition> definitions, PlanOptions options) {
        Problems problems = new Problems();
        DefinitionSet written = DefinitionSet.of(definitions, problems);
        // Before sources are looked at: a store that cannot read one says why better than the attempt does.
        OfflineReview first = review(written);
        if (!first.problems().isEmpty()) {
            first.problems().forEach(problem -> problems.add("%s", problem));
            problems.throwIfAny(before.project());
        }
        DefinitionSet complete = new SchemaInference(written, offline::describe, options.validateSources(), problems)
                .complete()
                .withTypesOf(before.entities())
                .withFeaturesNamed();
        DefinitionChecks checks = new DefinitionChecks(complete, before.preserved(), problems);
        if (options.validateViews()) {
            checks.checkNames();
        }
        checks.checkReferences();
        problems.throwIfAny(before.project());
        if (options.validateViews()) {
            checkOnDemand(before, complete, problems);
        }
        OfflineReview review = review(complete);
        review.problems().forEach(problem -> problems.add("%s", problem));
        problems.throwIfAny(before.project());
        DefinitionSet placed =
                complete.complete(complete.sources(), complete.entities(), withMoves(before, complete.views()));
        RegistryDiff diff = RegistryDiff.between(before, placed);
        ViewChanges views = views(before, placed);
        List<InfraChange> infrastructure = online.plan(views);
        return new ApplyPlan(
                before,
                diff.differences(),
                diff.changes(),
                views,
                infrastructure,
                review.notes(),
                moves(before, views.keep()));
    }

    private void checkOnDemand(RegistrySnapshot before, DefinitionSet definitions, Problems problems) {
        Map<String, AnyFeatureView> views = new LinkedHashMap<>();
        Stream.concat(before.preserved().stream(), definitions.preserved().stream())
                .flatMap(other -> other.stored().stream())
                .forEach(foreign -> views.put(foreign.name(), foreign));
        views.putAll(definitions.views());
        views.putAll(definitions.onDemandViews());
        definitions
                .onDemandViews()
                .values()
                .forEach(view -> onDemandChecks
                        .problem(view, views)
                        .ifPresent(problem -> problems.add("on demand feature view '%s': %s", view.name(), problem)));
    }

    /** A move of a registered view goes on whatever the definitions say, and none begins because they do. */
    private Map<String, FeatureView> withMoves(RegistrySnapshot before, Map<String, FeatureView> defined) {
        Map<String, FeatureView> views = new LinkedHashMap<>();
        defined.forEach((name, view) -> {
            FeatureView still = places.withoutMoves(view);
            views.put(
                    name,
                    view.online() && before.views().get(name) instanceof FeatureView registered && registered.online()
                            ? places.withMovesOf(registered, still)
                            : still);
        });
        return views;
    }

    /** The served views that the definitions send elsewhere; where nobody knows what was, nothing is left behind. */
    private List<ApplyPlan.Move> moves(RegistrySnapshot before, List<FeatureView> keep) {
        List<ApplyPlan.Move> moves = new ArrayList<>();
        for (FeatureView view : keep) {
            if (before.views().get(view.name()) instanceof FeatureView registered && registered.online()) {
                places.of(registered)
                        .ifPresent(from -> places.of(view)
                                .filter(to -> !to.equals(from))
                                .ifPresent(to -> moves.add(new ApplyPlan.Move(view.name(), from, to))));
            }
        }
        return moves;
    }

    private OfflineReview review(DefinitionSet definitions) {
        return offline.review(
                definitions.views().values(), definitions.services().values());
    }

    /** Whether a plan still says the truth: nobody changed a definition since, though views may have been materialized. */
    public static boolean stillHolds(ApplyPlan plan, RegistrySnapshot now) {
        return RegistryDiff.sameDefinitions(plan.before(), now);
    }

    /** A view that is not served any more leaves the online store, whether it is gone or no longer online. */
    private static ViewChanges views(RegistrySnapshot before, DefinitionSet after) {
        List<FeatureView> keep =
                after.views().values().stream().filter(FeatureView::online).toList();
        List<FeatureView> drop = before.views().values().stream()
                .filter(FeatureView.class::isInstance)
                .map(FeatureView.class::cast)
                .filter(FeatureView::online)
                .filter(view -> keep.stream().noneMatch(kept -> kept.name().equals(view.name())))
                .toList();
        return new ViewChanges(keep, drop);
    }
}
