package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.model.Permission;
import dev.manciple.spi.RegistrySnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the roles permissions name, and what they may do. */
@Command(name = "list-roles", description = "List the roles that permissions are for.")
final class ListRolesCommand implements Callable<Integer> {
    private static final List<String> SHORT = List.of("ROLE NAME");
    private static final List<String> VERBOSE =
            List.of("ROLE NAME", "RESOURCE NAME", "RESOURCE TYPE", "PERMITTED ACTIONS");

    private final Session session;

    @Option(
            names = {"-v", "--verbose"},
            description = "Also what each role may do with which object.")
    boolean verbose;

    ListRolesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Table table;
        try (FeatureStore store = session.open()) {
            RegistrySnapshot registry = store.registry();
            Set<String> roles = roles(registry);
            table = verbose
                    ? Table.of(VERBOSE, permitted(roles, SecuredObject.all(registry)))
                    : Table.of(SHORT, roles.stream().map(List::of).toList());
        }
        if (session.json()) {
            session.printer().json(table.trees());
        } else {
            session.printer().table(table);
        }
        return 0;
    }

    private static Set<String> roles(RegistrySnapshot registry) {
        Set<String> named = new TreeSet<>();
        for (Permission permission : registry.permissions().values()) {
            if (permission.policy() instanceof Permission.Policy.Roles(List<String> roles)) {
                named.addAll(roles);
            }
        }
        return named;
    }

    private static List<List<String>> permitted(Set<String> roles, List<SecuredObject> objects) {
        List<List<String>> rows = new ArrayList<>();
        for (String role : roles) {
            for (SecuredObject object : objects) {
                Set<Permission.Action> actions = object.permitted(role);
                if (!actions.isEmpty()) {
                    rows.add(List.of(
                            role,
                            object.resource().name(),
                            object.resource().className(),
                            SecuredObject.words(actions)));
                }
            }
        }
        return rows;
    }
}
