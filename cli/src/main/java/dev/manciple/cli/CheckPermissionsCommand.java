package dev.manciple.cli;

import dev.manciple.FeatureStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Tells what the registry's permissions leave to nobody. */
@Command(
        name = "check",
        description = "List objects no permission covers, and the actions no permission allows on the others.")
final class CheckPermissionsCommand implements Callable<Integer> {
    private final Session session;

    CheckPermissionsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<SecuredObject> objects;
        try (FeatureStore store = session.open()) {
            objects = SecuredObject.all(store.registry());
        }
        Table uncovered = Table.of(
                List.of("NAME", "TYPE"),
                objects.stream()
                        .filter(object -> object.permissions().isEmpty())
                        .map(object -> List.of(
                                object.resource().name(), object.resource().className()))
                        .toList());
        Table unsecured = Table.of(
                List.of("NAME", "TYPE", "UNSECURED ACTIONS"),
                objects.stream()
                        .filter(object -> !object.permissions().isEmpty()
                                && !object.unsecured().isEmpty())
                        .map(object -> List.of(
                                object.resource().name(),
                                object.resource().className(),
                                SecuredObject.words(object.unsecured())))
                        .toList());
        Printer printer = session.printer();
        if (session.json()) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("not_covered", uncovered.trees());
            tree.put("unsecured", unsecured.trees());
            printer.json(tree);
        } else {
            printer.line("No permission covers these objects; once 'auth' is on, nobody may do anything with them:");
            printer.table(uncovered);
            printer.line("No permission allows these actions on the others:");
            printer.table(unsecured);
        }
        return 0;
    }
}
