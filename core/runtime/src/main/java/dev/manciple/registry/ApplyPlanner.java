package dev.manciple.registry;

import dev.manciple.ApplyPlan;
import dev.manciple.PlanOptions;
import dev.manciple.error.ConfigException;
import dev.manciple.model.Definition;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OfflineReview;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.ViewChanges;
import java.util.List;

/** Works out what an apply will do. Changes nothing; thread-safe. */
public final class ApplyPlanner {
    private final OfflineStore offline;
    private final OnlineStore online;

    public ApplyPlanner(OfflineStore offline, OnlineStore online) {
        this.offline = offline;
        this.online = online;
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
        OfflineReview review = review(complete);
        review.problems().forEach(problem -> problems.add("%s", problem));
        problems.throwIfAny(before.project());
        RegistryDiff diff = RegistryDiff.between(before, complete);
        ViewChanges views = views(before, complete);
        return new ApplyPlan(before, diff.differences(), diff.changes(), views, online.plan(views), review.notes());
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
