package dev.manciple.wire;

import com.google.protobuf.Message;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Preserved;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.proto.RegistryProto.ProjectMetadata;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Feast's registry message and the snapshots and changes of one project in it. Pure functions: nothing is read or written,
 * and a registry given is never changed. Setting {@code version_id} and {@code last_updated} at each write is the part of
 * whoever stores the message.
 *
 * <p>What the model has no words for is kept: fields as {@code Extras} of their definition and in the stored object, whole
 * objects as {@link Preserved}. A change rewrites the object it names and nothing else, byte for byte.
 */
public final class RegistryCodec {
    /** Feast's number of the registry's own schema. */
    static final String SCHEMA_VERSION = "1";

    private RegistryCodec() {}

    /** A registry nobody has applied anything to. */
    public static Registry empty() {
        return Registry.newBuilder().setRegistrySchemaVersion(SCHEMA_VERSION).build();
    }

    /** The projects a registry has definitions or an entry of, in its order. */
    public static Set<String> projects(Registry registry) {
        Set<String> projects = new LinkedHashSet<>();
        for (RegistryList<?> list : RegistryList.ALL) {
            projects.addAll(projects(list, registry));
        }
        registry.getProjectMetadataList().stream()
                .map(ProjectMetadata::getProject)
                .forEach(projects::add);
        projects.remove("");
        return projects;
    }

    /**
     * Whether bytes that were read as a registry were one, and all of one. Many bytes that are no registry read as one, and so
     * does the start of a registry cut between two of its parts. Feast and Manciple give each registry they write a version and,
     * after most of its parts, the projects its objects belong to.
     */
    public static boolean isWhole(Registry registry) {
        boolean holdsObjects = RegistryList.ALL.stream()
                .anyMatch(list -> !list.objects().apply(registry).isEmpty());
        boolean namesProjects = registry.getProjectsCount() > 0 || registry.getProjectMetadataCount() > 0;
        return !registry.getVersionId().isEmpty() && (namesProjects || !holdsObjects);
    }

    /**
     * Everything a project knows; empty but for the version where the registry does not know the project. The snapshot's
     * extras are the project's objects as they are stored, for {@link RegistryJson}.
     */
    public static RegistrySnapshot snapshot(Registry registry, String project) {
        return new SnapshotReader(registry, project).read();
    }

    /**
     * The registry after all changes. Names are looked up among definitions that are there or among the changes, whatever
     * their order. A definition that says what is stored already leaves the stored object as it is.
     *
     * @param now what created and updated objects are stamped with
     * @throws dev.manciple.error.NotFoundException if a change names an object that does not exist
     * @throws InvalidRequestException if a definition cannot be said in Feast's words, or takes another view's name
     */
    public static Registry apply(Registry base, String project, List<RegistryChange> changes, Instant now) {
        return changes.isEmpty() ? base : new ChangeWriter(base, project, now).apply(changes);
    }

    /** The registry without a project: its definitions, their history and its entries, and nothing of another's. */
    public static Registry remove(Registry base, String project) {
        Registry.Builder registry = base.toBuilder();
        RegistryList.ALL.forEach(list -> list.removeAll(registry, project));
        VersionHistory history = new VersionHistory(base, project);
        history.removeAll();
        history.writeTo(registry);
        List<ProjectMetadata> others = base.getProjectMetadataList().stream()
                .filter(metadata -> !metadata.getProject().equals(project))
                .toList();
        return registry.clearProjectMetadata().addAllProjectMetadata(others).build();
    }

    private static <M extends Message> List<String> projects(RegistryList<M> list, Registry registry) {
        return list.objects().apply(registry).stream().map(list.project()).toList();
    }
}
