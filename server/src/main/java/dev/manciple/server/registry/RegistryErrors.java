package dev.manciple.server.registry;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.manciple.error.AccessException;
import dev.manciple.error.ConfigException;
import dev.manciple.error.ConflictException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.server.FeastErrors;
import io.grpc.Status;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Failures as clients of Feast's registry server know them: a status, and in its text the class to raise (Feast: 8.1). */
final class RegistryErrors {
    private RegistryErrors() {}

    static Status status(FeatureStoreException failure, Message request) {
        Map<String, String> detail = new LinkedHashMap<>();
        detail.put("module", "feast.errors");
        detail.put("class", FeastErrors.feastClass(failure));
        detail.put("message", message(failure, project(request)));
        return code(failure).withDescription(JsonMapper.shared().writeValueAsString(detail));
    }

    private static Status code(FeatureStoreException failure) {
        return switch (failure) {
            case AccessException turnedAway ->
                switch (turnedAway.reason()) {
                    case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
                    case DENIED -> Status.PERMISSION_DENIED;
                };
            case NotFoundException missing -> Status.NOT_FOUND;
            case InvalidRequestException caller -> Status.INVALID_ARGUMENT;
            case UnsupportedException caller -> Status.UNIMPLEMENTED;
            case ConflictException overtaken -> Status.ABORTED;
            case StoreException store -> Status.UNAVAILABLE;
            case ConfigException server -> Status.INTERNAL;
            case InternalException server -> Status.INTERNAL;
        };
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
