package dev.manciple.cli;

import dev.manciple.PlanOptions;
import picocli.CommandLine.Option;

/** Which checks {@code plan} and {@code apply} leave out. */
final class ValidationOptions {
    @Option(names = "--skip-source-validation", description = "Do not open the batch sources to check their columns.")
    boolean skipSources;

    @Option(
            names = "--skip-feature-view-validation",
            description = "Do not check the names of feature views for clashes, nor try what computes on demand ones.")
    boolean skipViews;

    PlanOptions planOptions() {
        return new PlanOptions(!skipSources, !skipViews);
    }
}
