package dev.manciple.server.registry;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.NotFoundException;
import dev.manciple.server.FeastErrors;
import io.grpc.Status;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/** Failures as clients of Feast's registry server know them: a status, and in its text the class to raise (Feast: 8.1). */
final class RegistryErrors {
    private RegistryErrors() {}

    static Status status(FeatureStoreException failure, Message request) {
        return FeastErrors.code(failure)
                .toStatus()
                .withDescription(JsonMapper.shared()
                        .writeValueAsString(FeastErrors.detail(failure, message(failure, project(request)))));
    }

    /** Feast's sentence about what is missing; others as they are. */
    static String message(FeatureStoreException failure, String project) {
        if (!(failure instanceof NotFoundException missing)) {
            return String.valueOf(failure.getMessage());
        }
        String kind = missing.kind().substring(0, 1).toUpperCase(Locale.ROOT)
                + missing.kind().substring(1);
        return project.isEmpty()
                ? "%s %s does not exist".formatted(kind, missing.name())
                : "%s %s does not exist in project %s".formatted(kind, missing.name(), project);
    }

    private static String project(Message request) {
        FieldDescriptor project = request.getDescriptorForType().findFieldByName("project");
        return project != null && project.getJavaType() == FieldDescriptor.JavaType.STRING
                ? request.getField(project).toString()
                : "";
    }
}
