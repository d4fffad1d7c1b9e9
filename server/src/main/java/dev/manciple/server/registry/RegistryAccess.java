package dev.manciple.server.registry;

import com.google.protobuf.Message;
import dev.manciple.error.AccessException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Permission.Action;
import dev.manciple.server.auth.Caller;
import dev.manciple.server.auth.Resource;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.RegistryCodec;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureView;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a caller may see and change of a registry (Feast: registry, 12): {@code DESCRIBE} to see, {@code CREATE} and {@code UPDATE}
 * to apply, {@code DELETE} to delete, {@code WRITE_ONLINE} to record what was materialized. The permissions of an object's own
 * project count, those that are stored before the change. One request's; not thread-safe.
 */
final class RegistryAccess {
    private final Caller caller;
    private final Registry registry;
    private final Map<String, RegistrySnapshot> snapshots = new HashMap<>();

    /** @param registry as it is before the request changes it */
    RegistryAccess(Caller caller, Registry registry) {
        this.caller = caller;
        this.registry = registry;
    }

    boolean has(RegistryList<?> list, String project, String name) {
        return list.find(registry, project, name).isPresent();
    }

    /** An object by name, whoever may see it. */
    <M extends Message> Optional<M> find(RegistryList<M> list, String project, String name) {
        return list.find(registry, project, name);
    }

    private RegistrySnapshot permissions(String project) {
        return snapshots.computeIfAbsent(project, name -> RegistryCodec.snapshot(registry, name));
    }

    private static <M extends Message> Resource resource(RegistryList<M> list, M object) {
        return new Resource(list.kind(), list.name().apply(object), list.tags().apply(object));
    }

    <M extends Message> void require(RegistryList<M> list, String project, M object, Action action) {
        if (caller.unrestricted()) {
            caller.touch(() -> Stream.of(resource(list, object)));
        } else {
            caller.require(permissions(project), resource(list, object), EnumSet.of(action));
        }
    }

    /**
     * An object the caller asks for by name.
     *
     * @throws NotFoundException if the project has none of that name
     * @throws AccessException if the caller may not see it
     */
    <M extends Message> M get(RegistryList<M> list, String project, String name) {
        return get(list, project, name, Action.DESCRIBE);
    }

    /** As {@link #get(RegistryList, String, String)}, to do something else with it than to see it. */
    <M extends Message> M get(RegistryList<M> list, String project, String name, Action action) {
        M object = list.find(registry, project, name)
                .orElseThrow(() -> new NotFoundException(list.kind().words(), name));
        require(list, project, object, action);
        return object;
    }

    <M extends Message> boolean may(RegistryList<M> list, String project, M object, Action action) {
        return caller.unrestricted() || caller.may(permissions(project), resource(list, object), EnumSet.of(action));
    }

    /** The registry with what the caller may see, and nothing that is no object unless the caller may see all. */
    Registry visible() {
        if (caller.unrestricted()) {
            return registry;
        }
        Registry.Builder visible = Registry.newBuilder()
                .setRegistrySchemaVersion(registry.getRegistrySchemaVersion())
                .setVersionId(registry.getVersionId())
                .setLastUpdated(registry.getLastUpdated());
        RegistryList.ALL.forEach(list -> copyVisible(list, visible));
        return visible.build();
    }

    private <M extends Message> void copyVisible(RegistryList<M> list, Registry.Builder visible) {
        Set<Action> describe = EnumSet.of(Action.DESCRIBE);
        List<M> objects = list.objects().apply(registry).stream()
                .filter(object ->
                        caller.may(permissions(list.project().apply(object)), resource(list, object), describe))
                .toList();
        list.replace().accept(visible, objects);
    }

    /** To make an object, or to put it in the place of the one of its name; both are asked about then. */
    <M extends Message> void requireApply(RegistryList<M> list, String project, M object) {
        Optional<M> stored = list.find(registry, project, list.name().apply(object));
        stored.ifPresent(existing -> require(list, project, existing, Action.UPDATE));
        require(list, project, object, stored.isPresent() ? Action.UPDATE : Action.CREATE);
    }

    <M extends Message> void requireDelete(RegistryList<M> list, String project, String name) {
        list.find(registry, project, name).ifPresent(object -> require(list, project, object, Action.DELETE));
    }

    void requireDeleteView(String project, String name) {
        RegistryList.VIEWS.forEach(kind -> requireDelete(RegistryList.of(kind), project, name));
    }

    void requireMaterialize(String project, String view) {
        RegistryList.FEATURE_VIEWS
                .find(registry, project, view)
                .ifPresent(object -> require(RegistryList.FEATURE_VIEWS, project, object, Action.WRITE_ONLINE));
        RegistryList.STREAM_FEATURE_VIEWS
                .find(registry, project, view)
                .ifPresent(object -> require(RegistryList.STREAM_FEATURE_VIEWS, project, object, Action.WRITE_ONLINE));
    }

    /** On the project itself, whether the registry has it yet or not. */
    void requireProject(String project, Action action) {
        if (caller.unrestricted()) {
            touchProject(project);
        } else {
            Map<String, String> tags = RegistryList.PROJECTS
                    .find(registry, project, project)
                    .map(RegistryList.PROJECTS.tags())
                    .orElse(Map.of());
            caller.require(permissions(project), new Resource(Kind.PROJECT, project, tags), EnumSet.of(action));
        }
    }

    private void touchProject(String project) {
        caller.touch(() -> Stream.of(new Resource(Kind.PROJECT, project, Map.of())));
    }

    /** To see every object of a project: who gets part of it would put back no more than that. */
    void requireDescribeAll(String project) {
        if (caller.unrestricted()) {
            touchProject(project);
        } else {
            RegistryList.ALL.forEach(list -> requireDescribeAll(list, project));
        }
    }

    private <M extends Message> void requireDescribeAll(RegistryList<M> list, String project) {
        list.of(registry, project).forEach(object -> require(list, project, object, Action.DESCRIBE));
    }

    /** To make of a project what {@code part} says: for every object that differs as if it were changed alone. */
    void requireReplace(String project, Registry part) {
        if (caller.unrestricted()) {
            touchProject(project);
        } else {
            RegistryList.ALL.forEach(list -> requireReplace(list, project, part));
        }
    }

    private <M extends Message> void requireReplace(RegistryList<M> list, String project, Registry part) {
        for (M object : list.of(part, project)) {
            Optional<M> stored = list.find(registry, project, list.name().apply(object));
            if (stored.isPresent() && definition(stored.get()).equals(definition(object))) {
                if (!stored.get().equals(object)) {
                    require(list, project, object, Action.WRITE_ONLINE);
                }
            } else {
                requireApply(list, project, object);
            }
        }
        for (M object : list.of(registry, project)) {
            if (list.find(part, project, list.name().apply(object)).isEmpty()) {
                require(list, project, object, Action.DELETE);
            }
        }
    }

    /** Without what is recorded of a view when it is materialized. */
    private static Message definition(Message object) {
        return switch (object) {
            case FeatureView view -> view.getSpec();
            case StreamFeatureView view -> view.getSpec();
            default -> object;
        };
    }
}
