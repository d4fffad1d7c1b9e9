package dev.manciple.wire;

import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Feature views that read a source as it is. Views with a transformation or with other views for a source compute what their
 * source does not hold, so they are not modelled.
 */
final class FeatureViewCodec {
    /** Follow every change of the schema, rather than stay at one version. */
    static final String LATEST = "latest";

    private FeatureViewCodec() {}

    /** @throws NotModelledException if the view computes its features, or has a part the model has no words for */
    static FeatureView decode(FeatureViewSpec spec) {
        if (spec.hasFeatureTransformation() || spec.getSourceViewsCount() > 0) {
            throw new NotModelledException("Feature view '%s' computes its features".formatted(spec.getName()));
        }
        boolean global = isGlobal(spec.getEntitiesList());
        return new FeatureView(
                spec.getName(),
                global ? List.of() : spec.getEntitiesList(),
                global ? List.of() : FieldCodec.decode(spec.getEntityColumnsList()),
                FieldCodec.decode(spec.getFeaturesList()),
                source(spec),
                ProtoTimes.duration(spec.getTtl()),
                spec.getOnline(),
                spec.getOffline(),
                !spec.getDisabled(),
                new About(spec.getDescription(), spec.getOwner(), spec.getTagsMap()),
                extras(spec));
    }

    static FeatureViewSpec encode(FeatureView view, String project, Optional<FeatureViewSpec> stored) {
        FeatureViewSpec existing = stored.orElse(FeatureViewSpec.getDefaultInstance());
        FeatureViewSpec.Builder out = Unmodelled.base(view.extras(), extras(existing), existing.toBuilder())
                .setName(view.name())
                .setProject(project)
                .clearEntities()
                .addAllEntities(view.entities().isEmpty() ? List.of(EntityCodec.DUMMY) : view.entities())
                .clearEntityColumns()
                .addAllEntityColumns(entityColumns(view, existing))
                .clearFeatures()
                .addAllFeatures(FieldCodec.encode(
                        "feature view '%s'".formatted(view.name()), view.features(), existing.getFeaturesList()))
                .setOnline(view.online())
                .setOffline(view.offline())
                .setDisabled(!view.enabled())
                .setDescription(view.about().description())
                .setOwner(view.about().owner())
                .clearTags()
                .putAllTags(StoredMaps.write(view.about().tags(), existing.getTagsMap()));
        if (stored.isEmpty() && out.getVersion().isEmpty()) {
            out.setVersion(LATEST);
        }
        setTtl(view.ttl(), stored, out);
        setSources(view.source(), existing, out);
        return out.build();
    }

    /** The columns of a view's keys; the dummy one where the view has none. */
    private static List<FeatureSpecV2> entityColumns(FeatureView view, FeatureViewSpec stored) {
        List<Field> columns = view.entities().isEmpty() ? List.of(EntityKeyCodec.DUMMY) : view.entityColumns();
        return FieldCodec.encode("feature view '%s'".formatted(view.name()), columns, stored.getEntityColumnsList());
    }

    static boolean isGlobal(List<String> entities) {
        return entities.isEmpty() || entities.equals(List.of(EntityCodec.DUMMY));
    }

    /** Feast writes an empty duration for values that never expire; older registries have none. */
    private static void setTtl(Duration ttl, Optional<FeatureViewSpec> stored, FeatureViewSpec.Builder out) {
        boolean same = stored.map(spec -> ProtoTimes.duration(spec.getTtl()).equals(ttl))
                .orElse(false);
        if (!same) {
            out.setTtl(ProtoTimes.duration(ttl));
        }
    }

    /** A view of a stream or push source also names, as Feast has it, the batch source of the history. */
    private static DataSource source(FeatureViewSpec spec) {
        if (!spec.hasStreamSource()) {
            if (!spec.hasBatchSource()) {
                throw new NotModelledException("Feature view '%s' has no source".formatted(spec.getName()));
            }
            return DataSourceCodec.decode(spec.getBatchSource());
        }
        Optional<DataSource.Batch> history = spec.hasBatchSource()
                ? Optional.of(DataSourceCodec.decodeBatch(spec.getBatchSource()))
                : Optional.empty();
        return switch (DataSourceCodec.decode(spec.getStreamSource())) {
            case DataSource.Stream stream ->
                new DataSource.Stream(
                        stream.name(),
                        stream.type(),
                        stream.options(),
                        history.or(stream::history),
                        stream.about(),
                        stream.extras());
            case DataSource.Push push ->
                new DataSource.Push(push.name(), history.or(push::history), push.about(), push.extras());
            case DataSource.Batch batch -> throw notAStream(spec);
            case DataSource.Request request -> throw notAStream(spec);
        };
    }

    private static NotModelledException notAStream(FeatureViewSpec spec) {
        return new NotModelledException(
                "Feature view '%s' has a stream source that is no stream".formatted(spec.getName()));
    }

    private static void setSources(DataSource source, FeatureViewSpec stored, FeatureViewSpec.Builder out) {
        if (says(stored, source)) {
            return;
        }
        boolean streams = source instanceof DataSource.Stream || source instanceof DataSource.Push;
        if (streams) {
            out.setStreamSource(DataSourceCodec.encode(source, stored.getStreamSource()));
        } else {
            out.clearStreamSource();
        }
        Optional<? extends DataSource> batch = streams ? source.batch() : Optional.of(source);
        batch.ifPresentOrElse(
                each -> out.setBatchSource(DataSourceCodec.encode(each, stored.getBatchSource())),
                out::clearBatchSource);
    }

    private static boolean says(FeatureViewSpec stored, DataSource wanted) {
        if (!stored.hasBatchSource() && !stored.hasStreamSource()) {
            return false;
        }
        try {
            return source(stored).equals(wanted);
        } catch (NotModelledException e) {
            return false;
        }
    }

    private static Extras extras(FeatureViewSpec spec) {
        FeatureViewSpec.Builder rest = spec.toBuilder()
                .clearName()
                .clearProject()
                .clearEntities()
                .clearEntityColumns()
                .clearFeatures()
                .clearTtl()
                .clearBatchSource()
                .clearStreamSource()
                .clearOnline()
                .clearOffline()
                .clearDisabled()
                .clearDescription()
                .clearOwner()
                .clearTags();
        if (spec.getVersion().equals(LATEST)) {
            rest.clearVersion();
        }
        return Unmodelled.extras(rest.build());
    }
}
