package dev.manciple.server;

/** Meters that are switched on and off together, by Feast's names of the groups. */
public enum MetricGroup {
    RESOURCE,
    REQUEST,
    ONLINE_FEATURES,
    PUSH,
    MATERIALIZATION,
    FRESHNESS,
    OFFLINE_FEATURES;

    /** Whether a meter of that name belongs here. */
    boolean has(String meter) {
        return switch (this) {
            case RESOURCE ->
                meter.startsWith("feast_feature_server_cpu") || meter.startsWith("feast_feature_server_memory");
            case REQUEST -> meter.startsWith("feast_feature_server_request");
            case ONLINE_FEATURES ->
                meter.startsWith("feast_online_features")
                        || meter.startsWith("feast_feature_server_online_store_read")
                        || meter.startsWith("feast_feature_server_transformation");
            case PUSH -> meter.startsWith("feast_push");
            case MATERIALIZATION -> meter.startsWith("feast_materialization");
            case FRESHNESS -> meter.startsWith("feast_feature_freshness");
            case OFFLINE_FEATURES -> meter.startsWith("feast_offline_store");
        };
    }
}
