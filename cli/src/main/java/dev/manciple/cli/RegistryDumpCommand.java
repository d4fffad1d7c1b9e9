package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.wire.RegistryJson;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints everything the registry holds of the project. */
@Command(name = "registry-dump", description = "Print everything the registry holds of this project, as JSON.")
final class RegistryDumpCommand implements Callable<Integer> {
    private final Session session;

    RegistryDumpCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (FeatureStore store = session.open()) {
            session.printer().line(RegistryJson.project(store.registry()));
        }
        return 0;
    }
}
