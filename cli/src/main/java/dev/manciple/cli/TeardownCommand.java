package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Removes the project from the online store and the registry. */
@Command(
        name = "teardown",
        description = "Remove this project, and nothing of another's, from the online store and the registry.")
final class TeardownCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask; needed where nobody can be asked.")
    boolean yes;

    TeardownCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (FeatureStore store = session.open()) {
            String project = store.registry().project();
            if (!yes
                    && !session.agrees(
                            "This removes project '%s' and everything it serves. Go on?".formatted(project))) {
                throw new InvalidRequestException(
                        "Project '%s' was not torn down; run teardown with --yes to do it.".formatted(project));
            }
            store.teardown();
            if (session.json()) {
                session.printer().json(Map.of("project", project, "tornDown", true));
            } else {
                session.printer().line("Removed project " + session.printer().bold(project));
            }
        }
        return 0;
    }
}
