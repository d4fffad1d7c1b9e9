package dev.manciple.server.auth;

import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureService;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import java.util.Map;

/** What a permission may be about: an object of a registry. */
public record Resource(Definition.Kind kind, String name, Map<String, String> tags) {
    public Resource {
        tags = Map.copyOf(tags);
    }

    /** An object of the model. One of which no tags are known is covered by no permission that requires some. */
    public static Resource of(Definition definition) {
        return new Resource(
                definition.kind(),
                definition.name(),
                switch (definition) {
                    case AnyFeatureView view -> view.about().tags();
                    case FeatureService service -> service.about().tags();
                    case Entity entity -> entity.about().tags();
                    case DataSource source -> source.about().tags();
                    case Permission permission -> permission.tags();
                    case Preserved preserved -> preserved.tags();
                });
    }

    /** As Feast's messages name it: {@code FeatureView:driver_stats}. */
    @Override
    public String toString() {
        return className() + ":" + name;
    }

    /** Feast's class of objects of that kind. */
    public String className() {
        return switch (kind) {
            case ENTITY -> "Entity";
            case DATA_SOURCE -> "DataSource";
            case FEATURE_VIEW -> "FeatureView";
            case ON_DEMAND_FEATURE_VIEW -> "OnDemandFeatureView";
            case STREAM_FEATURE_VIEW -> "StreamFeatureView";
            case LABEL_VIEW -> "LabelView";
            case FEATURE_SERVICE -> "FeatureService";
            case SAVED_DATASET -> "SavedDataset";
            case VALIDATION_REFERENCE -> "ValidationReference";
            case PERMISSION -> "Permission";
            case PROJECT -> "Project";
            case OTHER -> "Object";
        };
    }
}
