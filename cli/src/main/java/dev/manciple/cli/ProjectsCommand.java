package dev.manciple.cli;

import dev.manciple.error.NotFoundException;
import dev.manciple.model.Definition;
import dev.manciple.model.Preserved;
import dev.manciple.repo.RepoConfig;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.RegistryJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The projects that share the registry, the configured one or not. */
@Command(name = "projects", description = "List or describe the projects of the registry.")
final class ProjectsCommand {
    private final Session session;

    ProjectsCommand(Session session) {
        this.session = session;
    }

    @Command(name = "list", description = "List them.")
    int list() {
        List<List<String>> rows = new ArrayList<>();
        RepoConfig config = session.config();
        try (BufferAllocator allocator = new RootAllocator();
                Registry registry = session.registry(config, allocator)) {
            for (String project : registry.projects()) {
                rows.add(row(project, registry.load(project, Optional.empty())));
            }
        }
        if (session.json()) {
            session.printer().json(rows.stream().map(ProjectsCommand::tree).toList());
        } else {
            session.printer().table(Table.of(List.of("NAME", "DESCRIPTION", "TAGS", "OWNER"), rows));
        }
        return 0;
    }

    @Command(name = "describe", description = "Describe one, as the registry has it.")
    int describe(@Parameters(paramLabel = "NAME", description = "Which one.") String name) {
        RepoConfig config = session.config();
        try (BufferAllocator allocator = new RootAllocator();
                Registry registry = session.registry(config, allocator)) {
            RegistrySnapshot snapshot = registry.load(name, Optional.empty());
            if (!hasProject(snapshot)) {
                throw new NotFoundException("Project", name, "Known: " + String.join(", ", registry.projects()));
            }
            String json = RegistryJson.definition(snapshot, Definition.Kind.PROJECT, name);
            session.printer().line(session.json() ? json : Yaml.of(json).stripTrailing());
        }
        return 0;
    }

    private static boolean hasProject(RegistrySnapshot snapshot) {
        return snapshot.preserved().stream().map(Preserved::as).anyMatch(Definition.Kind.PROJECT::equals);
    }

    /** An older Feast registers no project of its own; then there is only the name. */
    private static List<String> row(String project, RegistrySnapshot snapshot) {
        if (!hasProject(snapshot)) {
            return List.of(project, "", "", "");
        }
        JsonNode spec = JsonMapper.shared()
                .readTree(RegistryJson.definition(snapshot, Definition.Kind.PROJECT, project))
                .path("spec");
        JsonNode tags = spec.path("tags");
        return List.of(
                project,
                spec.path("description").asString(""),
                tags.isMissingNode() ? "" : tags.toString(),
                spec.path("owner").asString(""));
    }

    private static Map<String, String> tree(List<String> row) {
        Map<String, String> tree = new LinkedHashMap<>();
        tree.put("name", row.get(0));
        tree.put("description", row.get(1));
        tree.put("tags", row.get(2));
        tree.put("owner", row.get(3));
        return tree;
    }
}
