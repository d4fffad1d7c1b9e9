package dev.manciple.server.auth;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.Definition;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Permission.Action;
import dev.manciple.model.Preserved;
import dev.manciple.model.Projection;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.ViewChanges;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds what a request touches, by the names in it, and asks whether the caller may. A feature service stands for its views, as
 * in Feast: who may read the service may read what it selects. Names nobody registered end the request here, so that nothing is
 * done with an object that appeared after the check. Thread-safe.
 */
public final class AccessChecks {
    private final FeatureStore store;
    private final Supplier<RegistrySnapshot> recent;

    /** @param recent the registry as requests go by it, without I/O; what is not in it is looked for in the newest */
    public AccessChecks(FeatureStore store, Supplier<RegistrySnapshot> recent) {
        this.store = store;
        this.recent = recent;
    }

    /**
     * Before features are read, online or offline.
     *
     * @throws dev.manciple.error.AccessException if one of the objects is refused
     * @throws NotFoundException if there is no service or view of a name
     */
    public void read(Caller caller, FeatureSelection features, Action action) {
        switch (features) {
            case FeatureSelection.Service(String name) -> service(caller, name, action);
            case FeatureSelection.Views(List<Projection> projections) ->
                views(caller, projections.stream().map(Projection::view).toList(), EnumSet.of(action));
        }
    }

    /** Before something is done to views, and to those an on-demand view among them reads. */
    public void views(Caller caller, Collection<String> names, Set<Action> actions) {
        if (caller.unrestricted()) {
            caller.touch(() -> names.stream()
                    .flatMap(name -> view(recent.get(), name).stream())
                    .map(Resource::of));
            return;
        }
        RegistrySnapshot registry = holding(names);
        Set<String> all = new LinkedHashSet<>(names);
        names.forEach(name -> all.addAll(inputs(registry, name)));
        for (String name : all) {
            Definition view = view(registry, name).orElseThrow(() -> new NotFoundException("Feature view", name));
            caller.require(registry, Resource.of(view), actions);
        }
    }

    /** As {@link #views}, but with an answer: a view that is gone is nobody's any more, and the answer no. */
    public boolean mayAll(Caller caller, Collection<String> names, Set<Action> actions) {
        RegistrySnapshot registry = recent.get();
        return caller.unrestricted()
                || names.stream()
                        .allMatch(name -> view(registry, name)
                                .filter(view -> caller.may(registry, Resource.of(view), actions))
                                .isPresent());
    }

    /**
     * Before rows are pushed.
     *
     * @param cached whether the registry as requests go by it will do; else the newest counts
     * @param actions what the push takes, of every view the source feeds
     */
    public void push(Caller caller, String source, boolean cached, Set<Action> actions) {
        if (caller.unrestricted()) {
            caller.touch(() -> fed(recent.get(), source));
            return;
        }
        RegistrySnapshot registry = cached ? recent.get() : store.registry();
        fed(registry, source).forEach(view -> caller.require(registry, view, actions));
    }

    private static Stream<Resource> fed(RegistrySnapshot registry, String source) {
        return registry.storedViews()
                .filter(stored -> stored.reads(source))
                .flatMap(stored -> view(registry, stored.name()).stream())
                .map(Resource::of);
    }

    /**
     * Before views are materialized: which, by name.
     *
     * @param names of which there may be none; absent for every view that can be materialized
     */
    public List<String> materialize(Caller caller, Optional<List<String>> names) {
        List<String> meant = names.orElseGet(() ->
                store.materializable(List.of()).stream().map(FeatureView::name).toList());
        views(caller, meant, EnumSet.of(Action.WRITE_ONLINE));
        return meant;
    }

    /**
     * Before the tables of views are made or dropped. A view that is registered just as it is given needs no permission: it has
     * had its tables from whoever registered it. Else the tables go with the definition, and need what an apply of it needs.
     */
    public void tables(Caller caller, ViewChanges changes) {
        if (caller.unrestricted()) {
            caller.touch(() -> Stream.concat(changes.keep().stream(), changes.drop().stream())
                    .map(Resource::of));
            return;
        }
        RegistrySnapshot registry = store.registry();
        for (FeatureView view : changes.keep()) {
            Optional<Definition> registered = view(registry, view.name());
            if (registered.isEmpty()) {
                caller.require(registry, view, Action.CREATE);
            } else if (!(registered.get() instanceof FeatureView known && same(known, view))) {
                caller.require(registry, registered.get(), Action.UPDATE);
            }
        }
        for (FeatureView view : changes.drop()) {
            caller.require(registry, view(registry, view.name()).orElse(view), Action.DELETE);
        }
    }

    /** Without what the model has no words for, which does not travel. */
    private static boolean same(FeatureView registered, FeatureView given) {
        return registered.extras(Extras.NONE).equals(given.extras(Extras.NONE));
    }

    private void service(Caller caller, String name, Action action) {
        if (caller.unrestricted()) {
            caller.touch(
                    () -> Stream.ofNullable(recent.get().services().get(name)).map(Resource::of));
            return;
        }
        RegistrySnapshot registry = recent.get();
        if (!registry.services().containsKey(name)) {
            registry = store.registry();
        }
        FeatureService service = registry.services().get(name);
        if (service == null) {
            throw new NotFoundException("Feature service", name);
        }
        caller.require(registry, service, action);
    }

    private RegistrySnapshot holding(Collection<String> names) {
        RegistrySnapshot registry = recent.get();
        return names.stream().allMatch(name -> view(registry, name).isPresent()) ? registry : store.registry();
    }

    private static Optional<Definition> view(RegistrySnapshot registry, String name) {
        AnyFeatureView view = registry.views().get(name);
        return view != null
                ? Optional.of(view)
                : registry.preserved().stream()
                        .filter(Preserved::isView)
                        .filter(object -> object.name().equals(name))
                        // Of several of one name the one whose values are read and written.
                        .min(Comparator.comparing(object -> object.stored().isEmpty()))
                        .map(object -> object);
    }

    private static List<String> inputs(RegistrySnapshot registry, String name) {
        return registry.views().get(name) instanceof OnDemandFeatureView computed
                ? computed.views().stream().map(Projection::view).toList()
                : List.of();
    }
}
