package dev.manciple.repo;

import java.util.List;

/** The keys of the section {@code feature_server}. */
final class FeatureServerShape {
    private static final Shape.Block METRICS = new Shape.Block(
            "feature_server_metrics",
            () -> List.of(
                    Shape.Key.of("enabled", Shape.Plain.FLAG, "Whether metrics are told on port 8000 as well."),
                    Shape.Key.of("resource", Shape.Plain.FLAG, "Meters of the process; true if absent."),
                    Shape.Key.of("request", Shape.Plain.FLAG, "Meters of requests; true if absent."),
                    Shape.Key.of("online_features", Shape.Plain.FLAG, "Meters of online reads; true if absent."),
                    Shape.Key.of("push", Shape.Plain.FLAG, "Meters of pushes; true if absent."),
                    Shape.Key.of("materialization", Shape.Plain.FLAG, "Meters of materialization; true if absent."),
                    Shape.Key.of("freshness", Shape.Plain.FLAG, "How far views lag behind; true if absent."),
                    Shape.Key.of("offline_features", Shape.Plain.FLAG, "Meters of the offline server; true if absent."),
                    Shape.Key.of(
                            "audit_logging", Shape.Plain.FLAG, "Whether every request is logged, without values.")));

    private static final Shape.Block FEATURE_LOGGING = new Shape.Block(
            "feature_server_feature_logging",
            () -> List.of(
                    Shape.Key.of("enabled", Shape.Plain.FLAG, "Feast's; has no effect."),
                    Shape.Key.of("flush_interval_secs", Shape.Plain.WHOLE, "Feast's; has no effect."),
                    Shape.Key.of("write_to_disk_interval_secs", Shape.Plain.WHOLE, "Feast's; has no effect."),
                    Shape.Key.of("queue_capacity", Shape.Plain.WHOLE, "Feast's; has no effect."),
                    Shape.Key.of("emit_timeout_micro_secs", Shape.Plain.WHOLE, "Feast's; has no effect.")));

    static final Shape.Block BLOCK = new Shape.Block(
            "feature_server",
            () -> List.of(
                    Shape.Key.of(
                            "type", new Shape.Word(List.of("local", "mcp")), "local or mcp; both are served alike."),
                    Shape.Key.of("enabled", Shape.Plain.FLAG, "Feast's; has no effect."),
                    Shape.Key.of("metrics", METRICS, "What is measured."),
                    Shape.Key.of("feature_logging", FEATURE_LOGGING, "Feast's; has no effect."),
                    Shape.Key.of(
                            "offline_push_batching_enabled",
                            Shape.Plain.FLAG,
                            "Whether pushes to the offline store are gathered and appended together."),
                    Shape.Key.of(
                            "offline_push_batching_batch_size",
                            Shape.Plain.WHOLE,
                            "How many pushes are appended together at most."),
                    Shape.Key.of(
                            "offline_push_batching_batch_interval_seconds",
                            Shape.Plain.WHOLE,
                            "How long a push waits for others at most."),
                    Shape.Key.of(
                            "transformation_service_endpoint",
                            Shape.Plain.TEXT,
                            "host:port of the server that computes on demand views written in Python."),
                    Shape.Key.of("mcp_enabled", Shape.Plain.FLAG, "Feast's; has no effect."),
                    Shape.Key.of("mcp_server_name", Shape.Plain.TEXT, "Feast's; has no effect."),
                    Shape.Key.of("mcp_server_version", Shape.Plain.TEXT, "Feast's; has no effect."),
                    Shape.Key.of("mcp_transport", Shape.Plain.TEXT, "Feast's; has no effect.")));

    private FeatureServerShape() {}
}
