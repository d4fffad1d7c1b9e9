package dev.manciple.wire;

import com.google.protobuf.Message;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import dev.manciple.spi.Interval;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.proto.FeatureViewProto;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewMeta;
import dev.manciple.wire.proto.FeatureViewProto.MaterializationInterval;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureView;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads one project out of a registry. An object that cannot be read is preserved rather than an error of all the others. */
final class SnapshotReader {
    private final Registry registry;
    private final String project;
    private final List<Preserved> preserved = new ArrayList<>();

    SnapshotReader(Registry registry, String project) {
        this.registry = registry;
        this.project = project;
    }

    RegistrySnapshot read() {
        Map<String, Entity> entities = read(RegistryList.ENTITIES, entity -> EntityCodec.decode(entity.getSpec()));
        entities.remove(EntityCodec.DUMMY);
        Map<String, AnyFeatureView> views = new LinkedHashMap<>();
        views.putAll(read(RegistryList.FEATURE_VIEWS, view -> FeatureViewCodec.decode(view.getSpec())));
        views.putAll(
                read(RegistryList.ON_DEMAND_FEATURE_VIEWS, view -> OnDemandFeatureViewCodec.decode(view.getSpec())));
        Map<String, FeatureService> services =
                read(RegistryList.FEATURE_SERVICES, service -> FeatureServiceCodec.decode(service.getSpec()));
        Map<String, DataSource> sources = read(RegistryList.DATA_SOURCES, DataSourceCodec::decode);
        Map<String, Permission> permissions =
                read(RegistryList.PERMISSIONS, permission -> PermissionCodec.decode(permission.getSpec()));
        preserve(RegistryList.STREAM_FEATURE_VIEWS);
        preserve(RegistryList.LABEL_VIEWS);
        preserve(RegistryList.SAVED_DATASETS);
        preserve(RegistryList.VALIDATION_REFERENCES);
        preserve(RegistryList.PROJECTS);
        preserve(RegistryList.FEATURE_TABLES);
        return new RegistrySnapshot(
                project,
                registry.getVersionId(),
                entities,
                views,
                services,
                sources,
                permissions,
                preserved,
                materialized(),
                stored());
    }

    /** The project's objects as stored, which is what the definitions do not say: above all, when they were made. */
    private Extras stored() {
        Registry.Builder own = Registry.newBuilder();
        RegistryList.ALL.forEach(list -> copy(list, own));
        return Unmodelled.extras(own.build());
    }

    private <M extends Message> void copy(RegistryList<M> list, Registry.Builder own) {
        list.replace().accept(own, list.of(registry, project));
    }

    private <M extends Message, D extends Definition> Map<String, D> read(RegistryList<M> list, Function<M, D> decode) {
        Map<String, D> definitions = new LinkedHashMap<>();
        for (M object : list.of(registry, project)) {
            try {
                D definition = decode.apply(object);
                definitions.put(definition.name(), definition);
            } catch (NotModelledException | IllegalArgumentException e) {
                preserved.add(preserve(list, object));
            }
        }
        return definitions;
    }

    private <M extends Message> void preserve(RegistryList<M> list) {
        list.of(registry, project).forEach(object -> preserved.add(preserve(list, object)));
    }

    private static <M extends Message> Preserved preserve(RegistryList<M> list, M object) {
        return new Preserved(
                list.kind(), list.name().apply(object), object.toByteString().asReadOnlyByteBuffer(), stored(object));
    }

    private static Optional<FeatureView> stored(Message object) {
        try {
            return switch (object) {
                case FeatureViewProto.FeatureView view -> Optional.of(FeatureViewCodec.stored(view.getSpec()));
                case StreamFeatureView view -> Optional.of(FeatureViewCodec.stored(view.getSpec()));
                case OnDemandFeatureView view -> Optional.of(OnDemandFeatureViewCodec.stored(view.getSpec()));
                default -> Optional.empty();
            };
        } catch (NotModelledException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Map<String, List<Interval>> materialized() {
        Map<String, List<Interval>> materialized = new LinkedHashMap<>();
        RegistryList.FEATURE_VIEWS
                .of(registry, project)
                .forEach(view -> put(materialized, view.getSpec().getName(), view.getMeta()));
        RegistryList.STREAM_FEATURE_VIEWS
                .of(registry, project)
                .forEach(view -> put(materialized, view.getSpec().getName(), view.getMeta()));
        return materialized;
    }

    private static void put(Map<String, List<Interval>> materialized, String view, FeatureViewMeta meta) {
        List<Interval> intervals = new ArrayList<>();
        for (MaterializationInterval interval : meta.getMaterializationIntervalsList()) {
            Instant start = ProtoTimes.instant(interval.getStartTime());
            Instant end = ProtoTimes.instant(interval.getEndTime());
            if (!start.isAfter(end)) {
                intervals.add(new Interval(start, end));
            }
        }
        if (!intervals.isEmpty()) {
            materialized.put(view, List.copyOf(intervals));
        }
    }
}
