package dev.manciple.cli;

import dev.manciple.FeatureStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Deletes expired rows of the online store. */
@Command(name = "purge", description = "Delete the rows of the online store that are older than their view's TTL.")
final class PurgeCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private final ViewOptions views = new ViewOptions();

    PurgeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (FeatureStore store = session.openOnline()) {
            Map<String, Long> deleted = store.purge(views.names());
            if (session.json()) {
                session.printer().json(deleted);
            } else if (deleted.isEmpty()) {
                session.printer().line("No online view has a TTL; nothing can expire.");
            } else {
                List<List<String>> rows = deleted.entrySet().stream()
                        .map(entry -> List.of(entry.getKey(), entry.getValue().toString()))
                        .toList();
                session.printer().table(new Table(List.of("VIEW", "ROWS DELETED"), List.of(false, true), rows));
            }
        }
        return 0;
    }
}
