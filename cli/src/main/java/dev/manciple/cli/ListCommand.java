package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.model.Definition;
import dev.manciple.spi.RegistrySnapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the definitions of one kind. */
@Command(name = "list", description = "List them.")
final class ListCommand<D extends Definition> implements Callable<Integer> {
    private final Session session;
    private final RegistryGroup<D> group;

    @Option(
            names = "--tags",
            paramLabel = "KEY:VALUE",
            description = "Only those with this tag (repeat; all must match).")
    List<String> tags = List.of();

    ListCommand(Session session, RegistryGroup<D> group) {
        this.session = session;
        this.group = group;
    }

    @Override
    public Integer call() {
        Map<String, String> wanted = Tags.parse(tags);
        try (FeatureStore store = session.open()) {
            RegistrySnapshot snapshot = store.registry();
            Table table = Table.of(
                    group.headers(),
                    group.select(snapshot, wanted).stream()
                            .map(definition -> group.row().cells(definition, snapshot))
                            .toList());
            if (session.json()) {
                session.printer().json(table.trees());
            } else {
                session.printer().table(table);
            }
        }
        return 0;
    }
}
