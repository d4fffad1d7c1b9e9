package dev.manciple.wire;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.Projection;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureViewProjectionProto.FeatureViewProjection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Projections, which carry copies of the columns and of the batch source of the view they show. */
final class ProjectionCodec {
    private static final String VIEW_TYPE = "featureView";

    private ProjectionCodec() {}

    /** What a projection copies from its view. */
    record ViewParts(List<FeatureSpecV2> features, Optional<DataSource> batchSource) {}

    static Projection decode(FeatureViewProjection projection) {
        return new Projection(
                projection.getFeatureViewName(),
                alias(projection),
                projection.getFeatureColumnsList().stream()
                        .map(FeatureSpecV2::getName)
                        .toList(),
                projection.getJoinKeyMapMap());
    }

    /**
     * Projections that say what they said keep what is stored.
     *
     * @param user who takes the features, for errors
     * @param views finds a view of the project by name
     */
    static FeatureViewProjection encode(
            Projection projection,
            String user,
            List<FeatureViewProjection> stored,
            Function<String, Optional<ViewParts>> views) {
        Optional<FeatureViewProjection> existing = stored.stream()
                .filter(each -> each.getFeatureViewName().equals(projection.view())
                        && alias(each).equals(projection.alias()))
                .findFirst();
        if (existing.isPresent() && decode(existing.get()).equals(projection)) {
            return existing.get();
        }
        ViewParts view = views.apply(projection.view())
                .orElseThrow(() -> new NotFoundException(
                        "feature view", projection.view(), "%s takes features from it".formatted(user)));
        FeatureViewProjection base = existing.orElse(
                FeatureViewProjection.newBuilder().setViewType(VIEW_TYPE).build());
        FeatureViewProjection.Builder out = base.toBuilder()
                .setFeatureViewName(projection.view())
                .setFeatureViewNameAlias(projection.alias().orElse(""))
                .clearFeatureColumns()
                .addAllFeatureColumns(columns(projection, user, view.features()))
                .clearJoinKeyMap()
                .putAllJoinKeyMap(StoredMaps.write(projection.joinKeyMap(), base.getJoinKeyMapMap()));
        view.batchSource().ifPresent(source -> setSource(source, out));
        return out.build();
    }

    /** Brings the copies a projection of {@code view} has up to date; features the view lost stay as they were. */
    static void refresh(FeatureViewProjection.Builder projection, String view, ViewParts parts) {
        if (!projection.getFeatureViewName().equals(view)) {
            return;
        }
        for (int i = 0; i < projection.getFeatureColumnsCount(); i++) {
            String name = projection.getFeatureColumns(i).getName();
            for (FeatureSpecV2 feature : parts.features()) {
                if (feature.getName().equals(name)) {
                    projection.setFeatureColumns(i, feature);
                }
            }
        }
        parts.batchSource().ifPresent(source -> setSource(source, projection));
    }

    /**
     * With the created time as {@code timestamp_field}, as Feast has it and compares it when it plans; its readers take that of the
     * batch source (Feast: registry, FeatureViewProjection).
     */
    private static void setSource(DataSource source, FeatureViewProjection.Builder out) {
        out.setBatchSource(DataSourceCodec.withoutClass(source))
                .setTimestampField(source.getCreatedTimestampColumn())
                .setCreatedTimestampColumn(source.getCreatedTimestampColumn())
                .setDatePartitionColumn(source.getDatePartitionColumn());
    }

    private static List<FeatureSpecV2> columns(Projection projection, String user, List<FeatureSpecV2> features) {
        if (projection.features().isEmpty()) {
            return features;
        }
        return projection.features().stream()
                .map(name -> features.stream()
                        .filter(feature -> feature.getName().equals(name))
                        .findFirst()
                        .orElseThrow(() ->
                                new InvalidRequestException("%s takes the feature '%s' of view '%s', which has only %s"
                                        .formatted(
                                                user,
                                                name,
                                                projection.view(),
                                                features.stream()
                                                        .map(FeatureSpecV2::getName)
                                                        .toList()))))
                .toList();
    }

    private static Optional<String> alias(FeatureViewProjection projection) {
        String alias = projection.getFeatureViewNameAlias();
        return alias.isEmpty() ? Optional.empty() : Optional.of(alias);
    }
}
