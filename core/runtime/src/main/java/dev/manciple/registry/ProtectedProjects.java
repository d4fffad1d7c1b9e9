package dev.manciple.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.manciple.error.InternalException;
import dev.manciple.model.Definition;
import dev.manciple.model.Preserved;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.proto.ProjectProto;

/** Feast's mark on projects that are managed elsewhere. */
public final class ProtectedProjects {
    private static final String TAG = "feast.dev/protected-project";

    private ProtectedProjects() {}

    /** Whether Feast refuses to tear the project down. */
    public static boolean isProtected(RegistrySnapshot snapshot) {
        return snapshot.preserved().stream()
                .filter(preserved -> preserved.as() == Definition.Kind.PROJECT)
                .anyMatch(ProtectedProjects::isMarked);
    }

    private static boolean isMarked(Preserved project) {
        try {
            return "true"
                    .equals(ProjectProto.Project.parseFrom(project.proto())
                            .getSpec()
                            .getTagsMap()
                            .get(TAG));
        } catch (InvalidProtocolBufferException e) {
            throw new InternalException(
                    "The registry's own bytes of project '%s' do not parse".formatted(project.name()), e);
        }
    }
}
