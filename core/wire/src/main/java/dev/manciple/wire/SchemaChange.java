package dev.manciple.wire;

import com.google.protobuf.Message;
import dev.manciple.model.Definition.Kind;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import dev.manciple.wire.proto.LabelViewProto.LabelView;
import dev.manciple.wire.proto.LabelViewProto.LabelViewSpec;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureView;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureViewSpec;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureView;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureViewSpec;
import dev.manciple.wire.proto.TransformationProto.FeatureTransformationV2;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a change of a view is one of its schema, which makes a new version of it. The order of columns does not matter, nor
 * does how a vector is indexed, nor what is said about the view, nor where its rows come from.
 */
final class SchemaChange {
    private SchemaChange() {}

    /** Between two views of a kind, as the registry's lists hold them; objects of other kinds have no schema. */
    static boolean between(Kind kind, Message before, Message after) {
        return switch (kind) {
            case FEATURE_VIEW -> between(((FeatureView) before).getSpec(), ((FeatureView) after).getSpec());
            case ON_DEMAND_FEATURE_VIEW ->
                between(((OnDemandFeatureView) before).getSpec(), ((OnDemandFeatureView) after).getSpec());
            case STREAM_FEATURE_VIEW ->
                between(((StreamFeatureView) before).getSpec(), ((StreamFeatureView) after).getSpec());
            case LABEL_VIEW -> between(((LabelView) before).getSpec(), ((LabelView) after).getSpec());
            case ENTITY,
                    DATA_SOURCE,
                    FEATURE_SERVICE,
                    SAVED_DATASET,
                    VALIDATION_REFERENCE,
                    PERMISSION,
                    PROJECT,
                    OTHER -> false;
        };
    }

    static boolean between(FeatureViewSpec before, FeatureViewSpec after) {
        return !columns(before.getFeaturesList()).equals(columns(after.getFeaturesList()))
                || !Set.copyOf(before.getEntitiesList()).equals(Set.copyOf(after.getEntitiesList()))
                || !columns(before.getEntityColumnsList()).equals(columns(after.getEntityColumnsList()))
                || !before.getSourceViewsList().equals(after.getSourceViewsList());
    }

    static boolean between(OnDemandFeatureViewSpec before, OnDemandFeatureViewSpec after) {
        return !columns(before.getFeaturesList()).equals(columns(after.getFeaturesList()))
                || !columns(before.getEntityColumnsList()).equals(columns(after.getEntityColumnsList()))
                || !before.getSourcesMap().equals(after.getSourcesMap())
                || !function(before.getFeatureTransformation()).equals(function(after.getFeatureTransformation()))
                || !before.getMode().equals(after.getMode())
                || !before.getAggregationsList().equals(after.getAggregationsList());
    }

    static boolean between(StreamFeatureViewSpec before, StreamFeatureViewSpec after) {
        return !columns(before.getFeaturesList()).equals(columns(after.getFeaturesList()))
                || !Set.copyOf(before.getEntitiesList()).equals(Set.copyOf(after.getEntitiesList()))
                || !columns(before.getEntityColumnsList()).equals(columns(after.getEntityColumnsList()))
                || !function(before.getFeatureTransformation()).equals(function(after.getFeatureTransformation()))
                || !before.getUserDefinedFunction()
                        .getBodyText()
                        .equals(after.getUserDefinedFunction().getBodyText())
                || !before.getMode().equals(after.getMode())
                || !before.getTimestampField().equals(after.getTimestampField())
                || !before.getAggregationsList().equals(after.getAggregationsList());
    }

    static boolean between(LabelViewSpec before, LabelViewSpec after) {
        return !columns(before.getFeaturesList()).equals(columns(after.getFeaturesList()))
                || !Set.copyOf(before.getEntitiesList()).equals(Set.copyOf(after.getEntitiesList()))
                || !columns(before.getEntityColumnsList()).equals(columns(after.getEntityColumnsList()));
    }

    private static Set<Message> columns(List<FeatureSpecV2> specs) {
        Set<Message> columns = new HashSet<>();
        for (FeatureSpecV2 spec : specs) {
            columns.add(spec.toBuilder()
                    .clearVectorIndex()
                    .clearVectorSearchMetric()
                    .build());
        }
        return columns;
    }

    /** The text is the function; its pickled form differs from one Python to the next. */
    private static FeatureTransformationV2 function(FeatureTransformationV2 transformation) {
        if (!transformation.hasUserDefinedFunction()) {
            return transformation;
        }
        FeatureTransformationV2.Builder text = transformation.toBuilder();
        text.getUserDefinedFunctionBuilder().clearBody();
        return text.build();
    }
}
