package dev.manciple.server.flight;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.Permission.Action;
import dev.manciple.server.auth.AccessChecks;
import dev.manciple.server.auth.Caller;
import dev.manciple.server.auth.Resource;
import dev.manciple.spi.RegistrySnapshot;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asks whether a caller may do what a command says, before the rows that come with it are read. Feast's rules: READ_OFFLINE of
 * views and sources that are read, WRITE_OFFLINE of what is written. Thread-safe.
 */
final class OfflinePermissions {
    private final FeatureStore store;
    private final AccessChecks checks;

    OfflinePermissions(FeatureStore store) {
        this.store = store;
        this.checks = new AccessChecks(store, store::registry);
    }

    /** @throws dev.manciple.error.AccessException if the caller may not do it */
    void check(Caller caller, Command command) {
        switch (command) {
            case Command.Historical historical ->
                checks.views(caller, views(historical), EnumSet.of(Action.READ_OFFLINE));
            case Command.Pull pull -> source(caller, pull.source(), Action.READ_OFFLINE);
            case Command.Columns columns -> given(caller, columns.source());
            case Command.Validate validate -> given(caller, validate.source());
            case Command.WriteBatch write ->
                checks.views(caller, List.of(write.view()), EnumSet.of(Action.WRITE_OFFLINE));
            case Command.WriteLogs logs ->
                checks.read(caller, new FeatureSelection.Service(logs.service()), Action.WRITE_OFFLINE);
            case Command.Persist persist -> {
                check(caller, persist.rows());
                source(caller, persist.target(), Action.WRITE_OFFLINE);
            }
        }
    }

    /** Those that are named, and those whose features are asked for under their own name. */
    private static Set<String> views(Command.Historical command) {
        Set<String> names =
                command.features().stream().map(FeatureRef::view).collect(Collectors.toCollection(LinkedHashSet::new));
        for (Command.View view : command.views()) {
            view.alias().ifPresent(names::remove);
            names.add(view.name());
        }
        return names;
    }

    /** A source nobody registered is as good as one without tags: whoever may read sources in general may know its columns. */
    private void source(Caller caller, String name, Action action) {
        if (caller.unrestricted()) {
            caller.touch(() -> Stream.of(new Resource(Definition.Kind.DATA_SOURCE, name, Map.of())));
            return;
        }
        RegistrySnapshot registry = store.registry();
        DataSource registered = registry.sources().get(name);
        caller.require(
                registry,
                registered == null
                        ? new Resource(Definition.Kind.DATA_SOURCE, name, Map.of())
                        : Resource.of(registered),
                EnumSet.of(action));
    }

    /** The tags a caller writes on a source it sends count for nothing. */
    private void given(Caller caller, DataSource source) {
        if (caller.unrestricted()) {
            caller.touch(() -> Stream.of(new Resource(Definition.Kind.DATA_SOURCE, source.name(), Map.of())));
            return;
        }
        RegistrySnapshot registry = store.registry();
        DataSource registered = registry.sources().get(source.name());
        caller.require(
                registry,
                registered != null && registered.batch().equals(source.batch())
                        ? Resource.of(registered)
                        : new Resource(Definition.Kind.DATA_SOURCE, source.name(), Map.of()),
                EnumSet.of(Action.READ_OFFLINE));
    }
}
