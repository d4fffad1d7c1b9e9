package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.Definition;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.RegistryJson;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows one definition in full, as the registry has it. */
@Command(name = "describe", description = "Describe one, as the registry has it.")
final class DescribeCommand<D extends Definition> implements Callable<Integer> {
    private final Session session;
    private final RegistryGroup<D> group;

    @Parameters(paramLabel = "NAME", description = "Which one.")
    String name = "";

    DescribeCommand(Session session, RegistryGroup<D> group) {
        this.session = session;
        this.group = group;
    }

    @Override
    public Integer call() {
        try (FeatureStore store = session.open()) {
            RegistrySnapshot snapshot = store.registry();
            String json = RegistryJson.definition(snapshot, kindOf(snapshot), name);
            session.printer().line(session.json() ? json : Yaml.of(json).stripTrailing());
        }
        return 0;
    }

    private Definition.Kind kindOf(RegistrySnapshot snapshot) {
        List<D> all = group.select().apply(snapshot);
        return all.stream()
                .filter(definition -> definition.name().equals(name))
                .map(definition -> RegistryGroup.kind(definition, snapshot))
                .findFirst()
                .orElseThrow(() -> new NotFoundException(
                        group.noun(),
                        name,
                        all.isEmpty()
                                ? "The registry has none."
                                : "Known: " + all.stream().map(Definition::name).collect(Collectors.joining(", "))));
    }
}
