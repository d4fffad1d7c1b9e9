package dev.manciple.server;

import java.util.List;

/** Meters that are switched on and off together, by Feast's names of the groups. */
public enum MetricGroup {
    RESOURCE("feast_feature_server_cpu", "feast_feature_server_memory"),
    REQUEST("feast_feature_server_request"),
    ONLINE_FEATURES(
            "feast_online_features",
            "feast_feature_server_online_store_read",
            "feast_feature_server_transformation"),
    PUSH("feast_push"),
    MATERIALIZATION("feast_materialization"),
    FRESHNESS("feast_feature_freshness");

    private final List<String> prefixes;

    MetricGroup(String... prefixes) {
        this.prefixes = List.of(prefixes);
    }

    /** Whether a meter of that name belongs here. */
    boolean has(String meter) {
        return prefixes.stream().anyMatch(meter::startsWith);
    }
}
