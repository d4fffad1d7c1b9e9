package dev.manciple.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.manciple.wire.proto.ConnectorProto;
import dev.manciple.wire.proto.DatastoreTableProto;
import dev.manciple.wire.proto.FieldProto;
import dev.manciple.wire.proto.GrpcServerProto;
import dev.manciple.wire.proto.HealthServiceProto;
import dev.manciple.wire.proto.PrecomputedFeatureVectorProto;
import dev.manciple.wire.proto.RedisProto;
import dev.manciple.wire.proto.RegistryServerProto;
import dev.manciple.wire.proto.StoreProto;
import dev.manciple.wire.proto.TransformationServiceProto;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every message, enum and call against the tables taken from Feast's own descriptors. */
class ProtosTest {
    private static final Pattern HEADING = Pattern.compile("#### (message|enum|service) `([^`]+)`");
    private static final Pattern ROW =
            Pattern.compile("\\| `?(\\w+)`? \\| `?([\\w.]+)`? \\|(?: ([^|]+) \\| ([^|]+) \\|)?");

    @Test
    void everyFieldHasFeastsNumberTypeAndLabel() {
        Set<String> ours = new TreeSet<>();
        for (FileDescriptor file : files()) {
            file.getMessageTypes().forEach(message -> describe(message, ours));
            file.getEnumTypes().forEach(type -> describe(type, ours));
            file.getServices().forEach(service -> describe(service, ours));
        }
        Set<String> feasts = feasts();

        assertThat(feasts).hasSizeGreaterThan(1000);
        assertThat(ours).containsExactlyInAnyOrderElementsOf(feasts);
    }

    private static Set<String> feasts() {
        Set<String> facts = new TreeSet<>();
        String kind = "";
        String name = "";
        for (String line : new String(Shared.bytes("feast/protos.md"), StandardCharsets.UTF_8)
                .lines()
                .toList()) {
            Matcher heading = HEADING.matcher(line);
            Matcher row = ROW.matcher(line);
            if (line.startsWith("## ")) {
                kind = "";
            } else if (heading.matches()) {
                kind = heading.group(1);
                name = heading.group(2);
                facts.add(kind + " " + name);
            } else if (row.lookingAt() && !row.group(1).matches("#|value|rpc")) {
                facts.addAll(fact(kind, name, row));
            }
        }
        return facts;
    }

    private static List<String> fact(String kind, String name, Matcher row) {
        String first = row.group(1);
        String second = row.group(2);
        return switch (kind) {
            case "message" ->
                List.of("%s.%s = %s %s %s"
                        .formatted(
                                name, second, first, row.group(3), row.group(4).replace(", deprecated", "")));
            case "enum" -> List.of("%s.%s = %s".formatted(name, second, first));
            case "service" -> List.of("%s.%s(%s) %s".formatted(name, first, second, row.group(3)));
            default -> List.of();
        };
    }

    private static void describe(Descriptor message, Set<String> facts) {
        facts.add("message " + message.getFullName());
        for (FieldDescriptor field : message.getFields()) {
            facts.add("%s.%s = %d %s %s"
                    .formatted(message.getFullName(), field.getName(), field.getNumber(), type(field), label(field)));
        }
        message.getEnumTypes().forEach(type -> describe(type, facts));
        message.getNestedTypes().stream()
                .filter(nested -> !nested.getOptions().getMapEntry())
                .forEach(nested -> describe(nested, facts));
    }

    private static void describe(EnumDescriptor type, Set<String> facts) {
        facts.add("enum " + type.getFullName());
        type.getValues()
                .forEach(value ->
                        facts.add("%s.%s = %d".formatted(type.getFullName(), value.getName(), value.getNumber())));
    }

    private static void describe(ServiceDescriptor service, Set<String> facts) {
        facts.add("service " + service.getFullName());
        service.getMethods()
                .forEach(method -> facts.add("%s.%s(%s) %s"
                        .formatted(
                                service.getFullName(),
                                method.getName(),
                                method.getInputType().getFullName(),
                                method.getOutputType().getFullName())));
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            List<FieldDescriptor> parts = field.getMessageType().getFields();
            return "map<%s, %s>".formatted(type(parts.get(0)), type(parts.get(1)));
        }
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
                field.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static String label(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map";
        }
        if (field.isRepeated()) {
            return "repeated";
        }
        if (field.getRealContainingOneof() != null) {
            return "oneof `%s`".formatted(field.getRealContainingOneof().getName());
        }
        return field.getContainingOneof() != null ? "optional (explicit presence)" : "singular";
    }

    /** The files nothing imports, and all that those import. */
    private static Set<FileDescriptor> files() {
        List<FileDescriptor> open = new ArrayList<>(List.of(
                ConnectorProto.getDescriptor(),
                DatastoreTableProto.getDescriptor(),
                FieldProto.getDescriptor(),
                GrpcServerProto.getDescriptor(),
                HealthServiceProto.getDescriptor(),
                PrecomputedFeatureVectorProto.getDescriptor(),
                RedisProto.getDescriptor(),
                RegistryServerProto.getDescriptor(),
                StoreProto.getDescriptor(),
                TransformationServiceProto.getDescriptor()));
        Set<FileDescriptor> files = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            FileDescriptor file = open.removeLast();
            if (!file.getName().startsWith("google/") && files.add(file)) {
                open.addAll(file.getDependencies());
            }
        }
        return files;
    }
}
