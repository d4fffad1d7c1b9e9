package dev.manciple.wire;

import com.google.protobuf.ByteString;
import dev.manciple.model.Definition.Kind;
import dev.manciple.wire.proto.FeatureViewVersionProto.FeatureViewVersionHistory;
import dev.manciple.wire.proto.FeatureViewVersionProto.FeatureViewVersionRecord;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/** What each view looked like at each change of its schema, by numbers that start at zero and are never given twice. */
final class VersionHistory {
    private VersionHistory() {}

    static OptionalInt newest(Registry.Builder registry, String project, String view) {
        return registry.getFeatureViewVersionHistory().getRecordsList().stream()
                .filter(version -> is(version, project, view))
                .mapToInt(FeatureViewVersionRecord::getVersionNumber)
                .max();
    }

    /** @param proto the whole view, meta included */
    static void add(
            Registry.Builder registry,
            String project,
            Kind kind,
            String view,
            int number,
            ByteString proto,
            Instant now) {
        registry.getFeatureViewVersionHistoryBuilder()
                .addRecords(FeatureViewVersionRecord.newBuilder()
                        .setFeatureViewName(view)
                        .setProjectId(project)
                        .setVersionNumber(number)
                        .setFeatureViewType(kind.words().replace(' ', '_'))
                        .setFeatureViewProto(proto)
                        .setCreatedTimestamp(ProtoTimes.timestamp(now))
                        .setVersionId(UUID.randomUUID().toString()));
    }

    static void remove(Registry.Builder registry, String project, String view) {
        keep(registry, version -> !is(version, project, view));
    }

    static void removeAll(Registry.Builder registry, String project) {
        keep(registry, version -> !version.getProjectId().equals(project));
    }

    private static void keep(
            Registry.Builder registry, java.util.function.Predicate<FeatureViewVersionRecord> condition) {
        FeatureViewVersionHistory history = registry.getFeatureViewVersionHistory();
        List<FeatureViewVersionRecord> kept =
                history.getRecordsList().stream().filter(condition).toList();
        if (kept.size() < history.getRecordsCount()) {
            registry.setFeatureViewVersionHistory(
                    history.toBuilder().clearRecords().addAllRecords(kept));
        }
    }

    private static boolean is(FeatureViewVersionRecord version, String project, String view) {
        return version.getProjectId().equals(project)
                && version.getFeatureViewName().equals(view);
    }
}
