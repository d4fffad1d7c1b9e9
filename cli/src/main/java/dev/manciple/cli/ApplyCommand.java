package dev.manciple.cli;

import dev.manciple.ApplyPlan;
import dev.manciple.ApplyPlan.Action;
import dev.manciple.ApplyPlan.Difference;
import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes registry and online store match the definitions of the repository. */
@Command(
        name = "apply",
        description = {
            "Make the registry and the online store match the definitions of the repository.",
            "What the repository no longer defines is deleted, after asking."
        })
final class ApplyCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private final ValidationOptions validation = new ValidationOptions();

    @Option(
            names = {"-y", "--yes"},
            description = "Delete without asking; needed where nobody can be asked.")
    boolean yes;

    @Option(
            names = "--no-progress",
            hidden = true,
            description = "Accepted for Feast's sake; there is nothing to show.")
    boolean noProgress;

    ApplyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Printer printer = session.printer();
        try (FeatureStore store = session.open()) {
            ApplyPlan plan = store.plan(session.definitions(), validation.planOptions());
            if (plan.deletesAnything() && !yes) {
                confirm(plan);
            }
            store.apply(plan);
            // The lines say "Created" and "Deleted", which is true only now.
            if (session.json()) {
                printer.json(PlanPrinter.tree(plan));
            } else {
                printer.line("Applying changes for project "
                        + printer.bold(plan.before().project()));
                printer.blank();
                new PlanPrinter(printer).print(plan);
            }
        }
        return 0;
    }

    private void confirm(ApplyPlan plan) {
        List<Difference> deleted = plan.diff().stream()
                .filter(difference -> difference.action() == Action.DELETED)
                .toList();
        String what = deleted.stream()
                .map(difference -> "%s '%s'".formatted(difference.kind().words(), difference.name()))
                .collect(Collectors.joining(", "));
        if (!session.agrees("This deletes %s. Go on?".formatted(what))) {
            throw new InvalidRequestException(
                    "The repository no longer defines %s. Nothing was changed; run apply with --yes to delete."
                            .formatted(what));
        }
    }
}
