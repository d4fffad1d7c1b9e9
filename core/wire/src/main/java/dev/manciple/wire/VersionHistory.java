package dev.manciple.wire;

import com.google.protobuf.Message;
import dev.manciple.model.Definition.Kind;
import dev.manciple.wire.proto.FeatureViewVersionProto.FeatureViewVersionRecord;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What each view of a project looked like at each change of its schema, by numbers from zero that are never given twice. */
final class VersionHistory {
    private final String project;
    private final List<FeatureViewVersionRecord> records;
    private final Map<String, Integer> newest = new HashMap<>();

    VersionHistory(Registry registry, String project) {
        this.project = project;
        this.records = new ArrayList<>(registry.getFeatureViewVersionHistory().getRecordsList());
        for (FeatureViewVersionRecord version : records) {
            if (version.getProjectId().equals(project)) {
                newest.merge(version.getFeatureViewName(), version.getVersionNumber(), Math::max);
            }
        }
    }

    boolean knows(String view) {
        return newest.containsKey(view);
    }

    int next(String view) {
        return newest.getOrDefault(view, -1) + 1;
    }

    /** @param proto the whole view, meta included */
    void add(Kind kind, String view, int number, Message proto, Instant now) {
        newest.put(view, number);
        records.add(FeatureViewVersionRecord.newBuilder()
                .setFeatureViewName(view)
                .setProjectId(project)
                .setVersionNumber(number)
                .setFeatureViewType(kind.words().replace(' ', '_'))
                .setFeatureViewProto(proto.toByteString())
                .setCreatedTimestamp(ProtoTimes.timestamp(now))
                .setVersionId(UUID.randomUUID().toString())
                .build());
    }

    Optional<FeatureViewVersionRecord> find(String view, int number) {
        return records.stream()
                .filter(version -> version.getProjectId().equals(project)
                        && version.getFeatureViewName().equals(view)
                        && version.getVersionNumber() == number)
                .findFirst();
    }

    /** The version with the highest number. */
    Optional<FeatureViewVersionRecord> newest(String view) {
        return Optional.ofNullable(newest.get(view)).flatMap(number -> find(view, number));
    }

    void remove(String view) {
        newest.remove(view);
        records.removeIf(version -> version.getProjectId().equals(project)
                && version.getFeatureViewName().equals(view));
    }

    void removeAll() {
        newest.clear();
        records.removeIf(version -> version.getProjectId().equals(project));
    }

    void writeTo(Registry.Builder registry) {
        if (!registry.getFeatureViewVersionHistory().getRecordsList().equals(records)) {
            registry.getFeatureViewVersionHistoryBuilder().clearRecords().addAllRecords(records);
        }
    }
}
