package dev.manciple.cli;

import dev.manciple.ApplyPlan;
import dev.manciple.ApplyPlan.Action;
import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.InfraChange;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    @Option(names = "--no-promote", hidden = true, description = "Feast's, for versions of views; refused.")
    boolean noPromote;

    ApplyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (noPromote) {
            throw new InvalidRequestException(
                    "--no-promote is not supported: Manciple keeps the newest version of a view only, which is what is served. Nothing was changed.");
        }
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
        Stream<String> definitions = plan.diff().stream()
                .filter(difference -> difference.action() == Action.DELETED)
                .map(difference -> "%s '%s'".formatted(difference.kind().words(), difference.name()));
        Stream<String> infrastructure = plan.infrastructure().stream()
                .filter(change -> change.action() == InfraChange.Action.DROP)
                .map(change -> "%s %s '%s'".formatted(change.store(), change.kind(), change.name()));
        String what = Stream.concat(definitions, infrastructure).collect(Collectors.joining(", "));
        if (!session.agrees("This deletes %s. Go on?".formatted(what))) {
            throw new InvalidRequestException(
                    "The repository no longer asks for %s. Nothing was changed; run apply with --yes to delete."
                            .formatted(what));
        }
    }
}
