package dev.manciple.cli;

import dev.manciple.ApplyPlan;
import dev.manciple.FeatureStore;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows what {@code apply} would do. */
@Command(name = "plan", description = "Show what 'apply' would change, without changing anything.")
final class PlanCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private final ValidationOptions validation = new ValidationOptions();

    PlanCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (FeatureStore store = session.open()) {
            ApplyPlan plan = store.plan(session.definitions(), validation.planOptions());
            if (session.json()) {
                session.printer().json(PlanPrinter.tree(plan));
            } else {
                new PlanPrinter(session.printer()).print(plan);
            }
        }
        return 0;
    }
}
