package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.model.Definition;
import dev.manciple.spi.RegistrySnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
            List<List<String>> rows = group.select(snapshot, wanted).stream()
                    .map(definition -> group.row().cells(definition, snapshot))
                    .toList();
            if (session.json()) {
                session.printer().json(rows.stream().map(this::tree).toList());
            } else {
                session.printer().table(Table.of(group.headers(), rows));
            }
        }
        return 0;
    }

    private Map<String, String> tree(List<String> row) {
        Map<String, String> tree = new LinkedHashMap<>();
        for (int column = 0; column < row.size(); column++) {
            String key = group.headers().get(column).toLowerCase(Locale.ROOT).replace(' ', '_');
            tree.put(key, row.get(column));
        }
        return tree;
    }
}
