package dev.manciple.wire;

import com.google.common.hash.Hashing;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.wire.proto.FeatureViewVersionProto.FeatureViewVersionRecord;
import dev.manciple.wire.proto.RegistryProto.ProjectMetadata;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a registry says of one project: its objects, the versions of its views, its entries. Projects are independent, so a part
 * can be read, changed and put back while others change theirs. Pure functions.
 */
public final class ProjectPart {
    private ProjectPart() {}

    /** The part of a project; of one the registry does not know, an empty one. */
    public static Registry of(Registry registry, String project) {
        Registry.Builder part = Registry.newBuilder();
        RegistryList.ALL.forEach(list -> copy(list, registry, project, part));
        registry.getFeatureViewVersionHistory().getRecordsList().stream()
                .filter(version -> version.getProjectId().equals(project))
                .forEach(version -> part.getFeatureViewVersionHistoryBuilder().addRecords(version));
        registry.getProjectMetadataList().stream()
                .filter(metadata -> metadata.getProject().equals(project))
                .forEach(part::addProjectMetadata);
        return part.build();
    }

    private static <M extends Message> void copy(
            RegistryList<M> list, Registry from, String project, Registry.Builder to) {
        list.replace().accept(to, list.of(from, project));
    }

    /** Another one with each change of the part; blank for an empty part. */
    public static String version(Registry part) {
        if (part.getSerializedSize() == 0) {
            return "";
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(part.getSerializedSize());
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            part.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Hashing.sha256().hashBytes(bytes.toByteArray()).toString();
    }

    /**
     * The registry with another part of a project. Other projects keep theirs, and everything its place.
     *
     * @throws InvalidRequestException if the part has an object of another project, without a name, or with that of another, or
     *     has objects but not the project itself
     */
    public static Registry replace(Registry base, String project, Registry part) {
        requireOwn(project, part);
        Registry.Builder registry = base.toBuilder();
        RegistryList.ALL.forEach(list -> replace(list, base, project, part, registry));
        replaceHistory(base, project, part, registry);
        List<ProjectMetadata> metadata = merged(
                base.getProjectMetadataList(),
                each -> each.getProject().equals(project),
                part.getProjectMetadataList());
        if (registry.getRegistrySchemaVersion().isEmpty()) {
            registry.setRegistrySchemaVersion(RegistryCodec.SCHEMA_VERSION);
        }
        return registry.clearProjectMetadata().addAllProjectMetadata(metadata).build();
    }

    private static <M extends Message> void replace(
            RegistryList<M> list, Registry base, String project, Registry part, Registry.Builder registry) {
        List<M> objects = merged(
                list.objects().apply(base),
                object -> list.project().apply(object).equals(project),
                list.objects().apply(part));
        list.replace().accept(registry, objects);
    }

    private static void replaceHistory(Registry base, String project, Registry part, Registry.Builder registry) {
        if (!base.hasFeatureViewVersionHistory() && !part.hasFeatureViewVersionHistory()) {
            return;
        }
        List<FeatureViewVersionRecord> records = merged(
                base.getFeatureViewVersionHistory().getRecordsList(),
                version -> version.getProjectId().equals(project),
                part.getFeatureViewVersionHistory().getRecordsList());
        registry.getFeatureViewVersionHistoryBuilder().clearRecords().addAllRecords(records);
    }

    /** The new ones take the places of the old ones; those there are too many of come last. */
    private static <T> List<T> merged(List<T> base, Predicate<T> isOld, List<T> next) {
        Iterator<T> remaining = next.iterator();
        List<T> merged = new ArrayList<>();
        for (T each : base) {
            if (!isOld.test(each)) {
                merged.add(each);
            } else if (remaining.hasNext()) {
                merged.add(remaining.next());
            }
        }
        remaining.forEachRemaining(merged::add);
        return merged;
    }

    private static void requireOwn(String project, Registry part) {
        RegistryList.ALL.forEach(list -> requireOwn(list, project, part));
        boolean foreign = part.getProjectMetadataList().stream()
                        .anyMatch(metadata -> !metadata.getProject().equals(project))
                || part.getFeatureViewVersionHistory().getRecordsList().stream()
                        .anyMatch(version -> !version.getProjectId().equals(project));
        if (foreign) {
            throw new InvalidRequestException(
                    "The part of project '%s' has entries of another project".formatted(project));
        }
        if (part.getSerializedSize() > 0
                && RegistryList.PROJECTS.find(part, project, project).isEmpty()) {
            throw new InvalidRequestException(
                    "The part of project '%s' does not have the project itself".formatted(project));
        }
    }

    private static <M extends Message> void requireOwn(RegistryList<M> list, String project, Registry part) {
        Set<String> names = new HashSet<>();
        for (M object : list.objects().apply(part)) {
            String name = list.name().apply(object);
            if (name.isEmpty() || !list.project().apply(object).equals(project) || !names.add(name)) {
                throw new InvalidRequestException("The part of project '%s' has the %s '%s' of project '%s' %s"
                        .formatted(
                                project,
                                list.kind().words(),
                                name,
                                list.project().apply(object),
                                names.contains(name) ? "twice" : "in it"));
            }
        }
    }
}
