package dev.manciple.wire;

import com.google.protobuf.Timestamp;
import dev.manciple.wire.proto.ProjectProto.Project;
import dev.manciple.wire.proto.RegistryProto.ProjectMetadata;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.util.UUID;

/** What a registry says about a project itself, from the first write to it on. */
final class ProjectEntry {
    private ProjectEntry() {}

    static Project create(String project, Timestamp now) {
        Project.Builder created = Project.newBuilder();
        created.getSpecBuilder().setName(project);
        created.getMetaBuilder().setCreatedTimestamp(now).setLastUpdatedTimestamp(now);
        return created.build();
    }

    /** Feast's older list of projects, from which its newer one is mended. */
    static void addId(Registry.Builder registry, String project) {
        if (registry.getProjectMetadataList().stream()
                .noneMatch(metadata -> metadata.getProject().equals(project))) {
            registry.addProjectMetadata(ProjectMetadata.newBuilder()
                    .setProject(project)
                    .setProjectUuid(UUID.randomUUID().toString()));
        }
    }
}
