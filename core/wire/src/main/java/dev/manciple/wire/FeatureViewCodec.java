package dev.manciple.wire;

import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureViewSpec;
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
        if (computes(spec)) {
            throw new NotModelledException("Feature view '%s' computes its features".formatted(spec.getName()));
        }
        FeatureView view = read(spec);
        if (view.source().isEmpty()) {
            throw new NotModelledException("Feature view '%s' has no source".formatted(spec.getName()));
        }
        return view;
    }

    /**
     * The view as it is to those who read and write its values. What a view computes is not what its source holds, so that one
     * that computes has no history here, and no source but one that rows are pushed to.
     *
     * @throws NotModelledException if it has a part the model has no words for
     */
    static FeatureView stored(FeatureViewSpec spec) {
        if (!computes(spec)) {
            return read(spec);
        }
        FeatureViewSpec.Builder view = spec.toBuilder().clearBatchSource();
        if (view.hasStreamSource()) {
            view.getStreamSourceBuilder().clearBatchSource();
        }
        return read(view.build());
    }

    /** Feast reads the history of a stream feature view, and materializes it, as if it computed nothing. */
    static FeatureView stored(StreamFeatureViewSpec spec) {
        FeatureViewSpec.Builder view = FeatureViewSpec.newBuilder()
                .setName(spec.getName())
                .addAllEntities(spec.getEntitiesList())
                .addAllEntityColumns(spec.getEntityColumnsList())
                .addAllFeatures(spec.getFeaturesList())
                .setTtl(spec.getTtl())
                .setOnline(spec.getOnline())
                .setDisabled(spec.getDisabled())
                .setDescription(spec.getDescription())
                .setOwner(spec.getOwner())
                .putAllTags(spec.getTagsMap());
        if (spec.hasBatchSource()) {
            view.setBatchSource(spec.getBatchSource());
        }
        if (spec.hasStreamSource()) {
            view.setStreamSource(spec.getStreamSource());
        }
        return read(view.build());
    }

    private static boolean computes(FeatureViewSpec spec) {
        return spec.hasFeatureTransformation() || spec.getSourceViewsCount() > 0;
    }

    private static FeatureView read(FeatureViewSpec spec) {
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
        setSources(view, existing, out);
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
    private static Optional<DataSource> source(FeatureViewSpec spec) {
        if (!spec.hasStreamSource()) {
            return spec.hasBatchSource()
                    ? Optional.of(DataSourceCodec.decode(spec.getBatchSource()))
                    : Optional.empty();
        }
        Optional<DataSource.Batch> history = spec.hasBatchSource()
                ? Optional.of(DataSourceCodec.decodeBatch(spec.getBatchSource()))
                : Optional.empty();
        return Optional.of(
                switch (DataSourceCodec.decode(spec.getStreamSource())) {
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
                });
    }

    private static NotModelledException notAStream(FeatureViewSpec spec) {
        return new NotModelledException(
                "Feature view '%s' has a stream source that is no stream".formatted(spec.getName()));
    }

    private static void setSources(FeatureView view, FeatureViewSpec stored, FeatureViewSpec.Builder out) {
        if (says(stored, view.source())) {
            return;
        }
        Optional<DataSource> streams = view.source()
                .filter(source -> source instanceof DataSource.Stream || source instanceof DataSource.Push);
        streams.ifPresentOrElse(
                each -> out.setStreamSource(DataSourceCodec.encode(each, stored.getStreamSource())),
                out::clearStreamSource);
        Optional<? extends DataSource> batch = streams.isPresent() ? view.batchSource() : view.source();
        batch.ifPresentOrElse(
                each -> out.setBatchSource(DataSourceCodec.encode(each, stored.getBatchSource())),
                out::clearBatchSource);
    }

    private static boolean says(FeatureViewSpec stored, Optional<DataSource> wanted) {
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
