package dev.manciple.server.registry;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.manciple.error.ConflictException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Permission.Action;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.server.auth.Caller;
import dev.manciple.spi.Interval;
import dev.manciple.spi.RegistryChange;
import dev.manciple.wire.ProjectPart;
import dev.manciple.wire.RegistryCodec;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.RegistryObjects;
import dev.manciple.wire.proto.InfraObjectProto.Infra;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What clients change in a registry. Each change is made of what is stored at that moment while other writers wait, and is
 * durable when the method returns, whatever the client says of committing: there is nothing left to commit, and nothing of
 * another client's to lose. Thread-safe.
 */
final class RegistryWrites {
    private final StoredRegistry stored;
    private final InstantSource clock;

    RegistryWrites(StoredRegistry stored, InstantSource clock) {
        this.stored = stored;
        this.clock = clock;
    }

    <M extends Message> void put(Caller caller, RegistryList<M> list, String project, M object) {
        put(caller, list, project, object, registry -> {});
    }

    /** @param requirement throws if what is stored does not allow the change */
    <M extends Message> void put(
            Caller caller, RegistryList<M> list, String project, M object, Consumer<Registry> requirement) {
        requireName(project);
        stored.update("apply %s '%s'".formatted(list.kind().words(), list.name().apply(object)), registry -> {
            new RegistryAccess(caller, registry).requireApply(list, project, object);
            requirement.accept(registry);
            ObjectChecks.require(list, object);
            return RegistryObjects.put(registry, project, list, object, clock.instant());
        });
    }

    void remove(Caller caller, RegistryList<?> list, String project, String name) {
        stored.update("delete %s '%s'".formatted(list.kind().words(), name), registry -> {
            new RegistryAccess(caller, registry).requireDelete(list, project, name);
            return RegistryObjects.remove(registry, project, list.kind(), name);
        });
    }

    void removeView(Caller caller, String project, String name) {
        stored.update("delete feature view '%s'".formatted(name), registry -> {
            new RegistryAccess(caller, registry).requireDeleteView(project, name);
            return RegistryObjects.removeView(registry, project, name);
        });
    }

    /** Removes everything of a project. */
    void removeProject(Caller caller, String project) {
        stored.update("delete project '%s'".formatted(project), registry -> {
            if (!RegistryCodec.projects(registry).contains(project)) {
                throw new NotFoundException(Kind.PROJECT.words(), project);
            }
            new RegistryAccess(caller, registry).requireProject(project, Action.DELETE);
            return RegistryCodec.remove(registry, project);
        });
    }

    void materialized(Caller caller, String project, String view, Timestamp start, Timestamp end) {
        if (Timestamps.compare(start, end) > 0) {
            throw new InvalidRequestException("The window of feature view '%s' ends (%s) before it begins (%s)"
                    .formatted(view, Timestamps.toString(end), Timestamps.toString(start)));
        }
        RegistryChange change = new RegistryChange.Materialized(view, new Interval(instant(start), instant(end)));
        stored.update("record a materialized window of '%s'".formatted(view), registry -> {
            new RegistryAccess(caller, registry).requireMaterialize(project, view);
            return RegistryCodec.apply(registry, project, List.of(change), clock.instant());
        });
    }

    private static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    /** The registry's infrastructure is one for all projects, as Feast has it. */
    void updateInfra(Caller caller, String project, Infra infra) {
        stored.update("update the infrastructure", registry -> {
            new RegistryAccess(caller, registry).requireProject(project, Action.UPDATE);
            return registry.toBuilder().setInfra(infra).build();
        });
    }

    /**
     * Replaces all of a project at once.
     *
     * @return the part's version
     * @throws ConflictException if the project is no longer what the change was made of
     */
    String commit(Caller caller, String project, String baseVersion, Registry part) {
        requireName(project);
        Registry now = stored.update("commit to project '%s'".formatted(project), registry -> {
            String version = ProjectPart.version(ProjectPart.of(registry, project));
            if (!version.equals(baseVersion)) {
                throw new ConflictException(
                        "Project '%s' changed since it was read (version %s, now %s). Nothing was written; run the command again"
                                .formatted(project, shown(baseVersion), shown(version)));
            }
            new RegistryAccess(caller, registry).requireReplace(project, part);
            RegistryList.ALL.forEach(list -> requireNew(list, registry, project, part));
            return ProjectPart.replace(registry, project, part);
        });
        return ProjectPart.version(ProjectPart.of(now, project));
    }

    /** What is stored already may be put back: another writer's mistake is no reason to refuse this one's change. */
    private static <M extends Message> void requireNew(
            RegistryList<M> list, Registry registry, String project, Registry part) {
        Set<M> stored = new HashSet<>(list.of(registry, project));
        list.of(part, project).stream()
                .filter(object -> !stored.contains(object))
                .forEach(object -> ObjectChecks.require(list, object));
    }

    private static String shown(String version) {
        return version.isEmpty() ? "none" : version;
    }

    private static void requireName(String project) {
        if (project.isBlank()) {
            throw new InvalidRequestException("The request does not say which project it is about");
        }
    }
}
