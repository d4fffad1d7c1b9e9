package dev.manciple.server;

import dev.manciple.repo.FeatureServerConfig;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a server does besides answering. Immutable; starts from {@link #DEFAULT}.
 *
 * @param metricsPort a port of its own for metrics, as Feast has it; 0 for any free port, empty for none. {@code /metrics} is
 *     on the port of HTTP in any case
 * @param unmeasured groups of meters that are left out
 * @param materializations jobs of materialization that run at a time
 */
public record Conduct(Optional<Integer> metricsPort, Set<MetricGroup> unmeasured, int materializations) {
    /** Everything is measured, and told on the port of HTTP. */
    public static final Conduct DEFAULT = new Conduct(Optional.empty(), Set.of(), 2);

    /** Where Feast's server tells its metrics. */
    public static final int FEAST_METRICS_PORT = 8000;

    public Conduct {
        unmeasured = Set.copyOf(unmeasured);
    }

    /** As the configuration of a repository says. */
    public static Conduct of(FeatureServerConfig config) {
        Optional<Integer> port = config.metrics()
                .filter(FeatureServerConfig.Metrics::enabled)
                .map(metrics -> FEAST_METRICS_PORT);
        return new Conduct(port, config.metrics().map(Conduct::unmeasured).orElse(Set.of()), DEFAULT.materializations);
    }

    private static Set<MetricGroup> unmeasured(FeatureServerConfig.Metrics metrics) {
        Set<MetricGroup> unmeasured = EnumSet.noneOf(MetricGroup.class);
        for (MetricGroup group : MetricGroup.values()) {
            boolean measured =
                    switch (group) {
                        case RESOURCE -> metrics.resource();
                        case REQUEST -> metrics.request();
                        case ONLINE_FEATURES -> metrics.onlineFeatures();
                        case PUSH -> metrics.push();
                        case MATERIALIZATION -> metrics.materialization();
                        case FRESHNESS -> metrics.freshness();
                    };
            if (!measured) {
                unmeasured.add(group);
            }
        }
        return unmeasured;
    }

    public Conduct withMetricsPort(int port) {
        return new Conduct(Optional.of(port), unmeasured, materializations);
    }

    public Conduct withMaterializations(int number) {
        return new Conduct(metricsPort, unmeasured, number);
    }
}
