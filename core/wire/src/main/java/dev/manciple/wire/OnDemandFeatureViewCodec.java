package dev.manciple.wire;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.wire.ProjectionCodec.ViewParts;
import dev.manciple.wire.proto.DataSourceProto;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureViewProjectionProto.FeatureViewProjection;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureViewSpec;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * On demand feature views that are computed when they are read. Those that are computed when rows are written, and kept, are views
 * with values in the online store like any other to all who read them, so they are not modelled.
 */
final class OnDemandFeatureViewCodec {
    private OnDemandFeatureViewCodec() {}

    /** @throws NotModelledException if it is computed on write, or a feature or request field has a type a newer Feast added */
    static OnDemandFeatureView decode(OnDemandFeatureViewSpec spec) {
        if (spec.getWriteToOnlineStore()) {
            throw new NotModelledException(
                    "On demand feature view '%s' is computed when it is written".formatted(spec.getName()));
        }
        return new OnDemandFeatureView(
                spec.getName(),
                projections(spec),
                requests(spec),
                FieldCodec.decode(spec.getFeaturesList()),
                TransformationCodec.decode(spec),
                new About(spec.getDescription(), spec.getOwner(), spec.getTagsMap()),
                extras(spec));
    }

    /**
     * The view as it is to those who read and write what was computed; it has no history here.
     *
     * @throws NotModelledException if nothing of it is kept, or it has a part the model has no words for
     */
    static FeatureView stored(OnDemandFeatureViewSpec spec) {
        if (!spec.getWriteToOnlineStore()) {
            throw new NotModelledException(
                    "On demand feature view '%s' is computed when it is read".formatted(spec.getName()));
        }
        return FeatureViewCodec.stored(FeatureViewSpec.newBuilder()
                .setName(spec.getName())
                .addAllEntities(spec.getEntitiesList())
                .addAllEntityColumns(spec.getEntityColumnsList())
                .addAllFeatures(spec.getFeaturesList())
                .setOnline(true)
                .setDisabled(spec.getDisabled())
                .setDescription(spec.getDescription())
                .setOwner(spec.getOwner())
                .putAllTags(spec.getTagsMap())
                .build());
    }

    /**
     * @param views finds a view of the project by name
     * @throws InvalidRequestException if the view is computed by a function this registry has no body of
     */
    static OnDemandFeatureViewSpec encode(
            OnDemandFeatureView view,
            String project,
            Optional<OnDemandFeatureViewSpec> stored,
            Function<String, Optional<ViewParts>> views) {
        OnDemandFeatureViewSpec existing = stored.orElse(OnDemandFeatureViewSpec.getDefaultInstance());
        OnDemandFeatureViewSpec.Builder out = Unmodelled.base(view.extras(), extras(existing), existing.toBuilder())
                .setName(view.name())
                .setProject(project)
                .clearFeatures()
                .addAllFeatures(FieldCodec.encode(
                        "on demand feature view '%s'".formatted(view.name()),
                        view.features(),
                        existing.getFeaturesList()))
                .setDescription(view.about().description())
                .setOwner(view.about().owner())
                .clearTags()
                .putAllTags(StoredMaps.write(view.about().tags(), existing.getTagsMap()));
        out.clearSources().putAllSources(sources(view, existing, views));
        TransformationCodec.encode(view, existing, out);
        if (stored.isEmpty()) {
            if (out.getVersion().isEmpty()) {
                out.setVersion(FeatureViewCodec.LATEST);
            }
            if (out.getEntitiesCount() == 0) {
                out.addEntities(EntityCodec.DUMMY).addAllEntityColumns(dummyColumns());
            }
        }
        return out.build();
    }

    private static List<Projection> projections(OnDemandFeatureViewSpec spec) {
        return spec.getSourcesMap().values().stream()
                .flatMap(source -> projection(source).stream())
                .toList();
    }

    private static Optional<Projection> projection(OnDemandSource source) {
        return switch (source.getSourceCase()) {
            case FEATURE_VIEW_PROJECTION -> Optional.of(ProjectionCodec.decode(source.getFeatureViewProjection()));
            case FEATURE_VIEW -> {
                var view = source.getFeatureView().getSpec();
                List<String> features = view.getFeaturesList().stream()
                        .map(FeatureSpecV2::getName)
                        .toList();
                yield Optional.of(new Projection(view.getName(), Optional.empty(), features, Map.of()));
            }
            case REQUEST_DATA_SOURCE, SOURCE_NOT_SET -> Optional.empty();
        };
    }

    private static List<DataSource.Request> requests(OnDemandFeatureViewSpec spec) {
        List<DataSource.Request> requests = new ArrayList<>();
        for (OnDemandSource source : spec.getSourcesMap().values()) {
            if (source.hasRequestDataSource()
                    && DataSourceCodec.decode(source.getRequestDataSource()) instanceof DataSource.Request request) {
                requests.add(request);
            }
        }
        return requests;
    }

    private static Map<String, OnDemandSource> sources(
            OnDemandFeatureView view, OnDemandFeatureViewSpec stored, Function<String, Optional<ViewParts>> views) {
        if (projections(stored).equals(view.views()) && requests(stored).equals(view.requests())) {
            return stored.getSourcesMap();
        }
        String user = "On demand feature view '%s'".formatted(view.name());
        List<FeatureViewProjection> known = stored.getSourcesMap().values().stream()
                .filter(OnDemandSource::hasFeatureViewProjection)
                .map(OnDemandSource::getFeatureViewProjection)
                .toList();
        Map<String, OnDemandSource> sources = new LinkedHashMap<>();
        for (Projection projection : view.views()) {
            sources.put(
                    projection.outputName(),
                    OnDemandSource.newBuilder()
                            .setFeatureViewProjection(ProjectionCodec.encode(projection, user, known, views))
                            .build());
        }
        for (DataSource.Request request : view.requests()) {
            OnDemandSource before = stored.getSourcesOrDefault(request.name(), OnDemandSource.getDefaultInstance());
            DataSourceProto.DataSource written = DataSourceCodec.encode(request, before.getRequestDataSource());
            if (sources.containsKey(request.name())) {
                throw new InvalidRequestException(
                        "%s has a view and a request source of the name '%s'".formatted(user, request.name()));
            }
            sources.put(
                    request.name(),
                    OnDemandSource.newBuilder()
                            .setRequestDataSource(DataSourceCodec.withoutClass(written))
                            .build());
        }
        return sources;
    }

    private static List<FeatureSpecV2> dummyColumns() {
        return FieldCodec.encode("a view without entities", List.of(EntityKeyCodec.DUMMY), List.of());
    }

    private static boolean isGlobal(OnDemandFeatureViewSpec spec) {
        return FeatureViewCodec.isGlobal(spec.getEntitiesList());
    }

    private static Extras extras(OnDemandFeatureViewSpec spec) {
        OnDemandFeatureViewSpec.Builder rest = spec.toBuilder()
                .clearName()
                .clearProject()
                .clearFeatures()
                .clearSources()
                .clearDescription()
                .clearOwner()
                .clearTags();
        if (!(TransformationCodec.decode(spec) instanceof Transformation.Foreign)) {
            rest.clearFeatureTransformation().clearMode();
        }
        if (isGlobal(spec)) {
            rest.clearEntities().clearEntityColumns();
        }
        if (spec.getVersion().equals(FeatureViewCodec.LATEST)) {
            rest.clearVersion();
        }
        return Unmodelled.extras(rest.build());
    }
}
