package dev.manciple.model;

/** Anything a repo defines and a registry holds, by name. */
public sealed interface Definition permits Entity, DataSource, AnyFeatureView, FeatureService, Permission, Preserved {
    String name();

    enum Kind {
        ENTITY("entity"),
        DATA_SOURCE("data source"),
        FEATURE_VIEW("feature view"),
        ON_DEMAND_FEATURE_VIEW("on demand feature view"),
        STREAM_FEATURE_VIEW("stream feature view"),
        LABEL_VIEW("label view"),
        FEATURE_SERVICE("feature service"),
        SAVED_DATASET("saved dataset"),
        VALIDATION_REFERENCE("validation reference"),
        PERMISSION("permission"),
        PROJECT("project"),
        OTHER("object");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** {@link #words} for one of the kind, with its article. */
        public String one() {
            return ("aeiou".indexOf(words.charAt(0)) < 0 ? "a " : "an ") + words;
        }

        /** As people write it, in Feast's words. */
        public String words() {
            return words;
        }
    }

    default Kind kind() {
        return switch (this) {
            case Entity entity -> Kind.ENTITY;
            case DataSource source -> Kind.DATA_SOURCE;
            case FeatureView view -> Kind.FEATURE_VIEW;
            case OnDemandFeatureView view -> Kind.ON_DEMAND_FEATURE_VIEW;
            case FeatureService service -> Kind.FEATURE_SERVICE;
            case Permission permission -> Kind.PERMISSION;
            case Preserved preserved -> preserved.as();
        };
    }
}
