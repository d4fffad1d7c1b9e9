package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.PlanOptions;
import dev.manciple.model.Definition;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks configuration, definitions and sources. */
@Command(
        name = "validate",
        description = {
            "Check the configuration, the definitions and the columns of their sources, without changing anything.",
            "(Feast has a command of this name that checks data against a reference; this one checks what you wrote.)"
        })
final class ValidateCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private final ValidationOptions validation = new ValidationOptions();

    ValidateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        PlanOptions options = validation.planOptions();
        List<Definition> definitions;
        String project;
        try (FeatureStore store = session.open()) {
            definitions = session.definitions();
            project = store.plan(definitions, options).before().project();
        }
        String counts = Counts.of(definitions);
        if (session.json()) {
            session.printer().json(Map.of("project", project, "valid", true, "definitions", counts));
        } else {
            session.printer().line("Project '%s' is valid: %s".formatted(project, counts));
        }
        return 0;
    }
}
