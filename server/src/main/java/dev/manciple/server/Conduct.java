package dev.manciple.server;

import dev.manciple.repo.Compatibility;
import dev.manciple.repo.FeatureServerConfig;
import dev.manciple.repo.RepoConfig;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * How a server answers, and what it does besides. Immutable; starts from {@link #DEFAULT}.
 *
 * @param metricsPort a port of its own for metrics, as Feast has it; 0 for any free port, empty for none. {@code /metrics} is
 *     on the port of HTTP in any case
 * @param unmeasured groups of meters that are left out
 * @param materializations jobs of materialization that run at a time
 * @param feastStatuses whether online answers have the statuses of Feast's Python server
 * @param requestLog whether each request has a line in the log
 * @param offlinePushes how rows pushed to the offline store are gathered; empty where each push is appended at once
 */
public record Conduct(
        Optional<Integer> metricsPort,
        Set<MetricGroup> unmeasured,
        int materializations,
        boolean feastStatuses,
        boolean requestLog,
        Optional<OfflinePushes> offlinePushes) {
    /** Everything is measured, and told on the port of HTTP. */
    public static final Conduct DEFAULT = new Conduct(Optional.empty(), Set.of(), 2, false, false, Optional.empty());

    /** Where Feast's server tells its metrics. */
    public static final int FEAST_METRICS_PORT = 8000;

    /**
     * When rows that were gathered are appended.
     *
     * @param rows as soon as there are so many of a push source
     * @param interval at the latest so long after the first of them came
     */
    public record OfflinePushes(int rows, Duration interval) {}

    public Conduct {
        unmeasured = Set.copyOf(unmeasured);
    }

    /** As the configuration of a repository says. */
    public static Conduct of(RepoConfig config) {
        FeatureServerConfig server = config.featureServer();
        Optional<FeatureServerConfig.Metrics> metrics = server.metrics();
        return new Conduct(
                metrics.filter(FeatureServerConfig.Metrics::enabled).map(enabled -> FEAST_METRICS_PORT),
                metrics.map(Conduct::unmeasured).orElse(Set.of()),
                DEFAULT.materializations,
                config.compatibility() == Compatibility.FEAST,
                metrics.map(FeatureServerConfig.Metrics::auditLogging).orElse(false),
                offlinePushes(server));
    }

    /** Only with both numbers, as in Feast. */
    private static Optional<OfflinePushes> offlinePushes(FeatureServerConfig server) {
        if (!server.offlinePushBatchingEnabled()) {
            return Optional.empty();
        }
        return server.offlinePushBatchingBatchSize()
                .flatMap(rows -> server.offlinePushBatchingBatchIntervalSeconds()
                        .map(seconds -> new OfflinePushes(rows, Duration.ofSeconds(seconds))));
    }

    private static Set<MetricGroup> unmeasured(FeatureServerConfig.Metrics metrics) {
        Set<MetricGroup> unmeasured = EnumSet.noneOf(MetricGroup.class);
        for (MetricGroup group : MetricGroup.values()) {
            boolean measured = switch (group) {
                case RESOURCE -> metrics.resource();
                case REQUEST -> metrics.request();
                case ONLINE_FEATURES -> metrics.onlineFeatures();
                case PUSH -> metrics.push();
                case MATERIALIZATION -> metrics.materialization();
                case FRESHNESS -> metrics.freshness();
                case OFFLINE_FEATURES -> metrics.offlineFeatures();
            };
            if (!measured) {
                unmeasured.add(group);
            }
        }
        return unmeasured;
    }

    public Conduct withMetricsPort(int port) {
        return new Conduct(Optional.of(port), unmeasured, materializations, feastStatuses, requestLog, offlinePushes);
    }

    /** For a server beside the feature server, whose port it is that the configuration asks for. */
    public Conduct withoutMetricsPort() {
        return new Conduct(Optional.empty(), unmeasured, materializations, feastStatuses, requestLog, offlinePushes);
    }

    public Conduct withMaterializations(int number) {
        return new Conduct(metricsPort, unmeasured, number, feastStatuses, requestLog, offlinePushes);
    }

    public Conduct withFeastStatuses() {
        return new Conduct(metricsPort, unmeasured, materializations, true, requestLog, offlinePushes);
    }

    public Conduct withRequestLog() {
        return new Conduct(metricsPort, unmeasured, materializations, feastStatuses, true, offlinePushes);
    }

    public Conduct withOfflinePushes(OfflinePushes gathered) {
        return new Conduct(metricsPort, unmeasured, materializations, feastStatuses, requestLog, Optional.of(gathered));
    }
}
