package dev.manciple.cli;

import dev.manciple.FeatureSelection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The features a command is asked for: by reference or by service. */
final class FeatureOptions {
    @ArgGroup(multiplicity = "1")
    Choice choice = new Choice();

    @Option(names = "--full-feature-names", description = "Name features view__feature.")
    boolean fullFeatureNames;

    /** One of the two. */
    static final class Choice {
        @Option(
                names = {"-f", "--features"},
                paramLabel = "VIEW:FEATURE[,...]",
                description = "The features wanted (repeat or separate by commas).")
        @Nullable
        List<String> references;

        @Option(
                names = {"-S", "--feature-service"},
                paramLabel = "SERVICE",
                description = "The features of this service.")
        @Nullable
        String service;
    }

    FeatureSelection selection() {
        if (choice.service != null) {
            return new FeatureSelection.Service(choice.service);
        }
        List<String> references = choice.references == null ? List.of() : choice.references;
        return FeatureSelection.parse(
                Separated.values(references).stream().map(String::strip).toList());
    }
}
