package dev.manciple.server;

import dev.manciple.OnlineFeatures;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What the process tells Prometheus, under the names of Feast's server where it has one. Never a value or a key of a row. */
public final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    Metrics(Admission admission) {
        Gauge.builder("manciple_requests_running", admission, Admission::running)
                .description("Requests that run now.")
                .register(registry);
    }

    /** @param ageSeconds asked when metrics are read: how long ago the registry was last seen */
    void registryAge(Supplier<Number> ageSeconds) {
        Gauge.builder("manciple_registry_age_seconds", ageSeconds)
                .description(
                        "Seconds since the registry was last read. Growing: it cannot be, and the last good one is served.")
                .register(registry);
    }

    /** The registry could not be read. */
    void registryFailed() {
        Counter.builder("manciple_registry_failures")
                .description("Times the registry could not be read.")
                .register(registry)
                .increment();
    }

    /** One request that was answered, or turned away. */
    public void request(String route, int status, Duration took) {
        Counter.builder("feast_feature_server_request")
                .description("Requests by route and status.")
                .tag("endpoint", route)
                .tag("status", Integer.toString(status))
                .register(registry)
                .increment();
        Timer.builder("feast_feature_server_request_latency")
                .description("Time from the request's head to the answer's last byte handed over.")
                .tag("endpoint", route)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofNanos(100_000))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(registry)
                .record(took);
    }

    /** One read of online features. */
    public void onlineRead(int entities) {
        Counter.builder("feast_online_features_request")
                .description("Reads of online features.")
                .register(registry)
                .increment();
        DistributionSummary.builder("feast_online_features_entity_count")
                .description("Entities per read.")
                .register(registry)
                .record(entities);
    }

    /** The stores of a router whose features an answer lacks; counted once per view. */
    public void unanswered(List<OnlineFeatures.Failure> failures) {
        for (OnlineFeatures.Failure failure : failures) {
            Counter.builder("manciple_online_store_failures")
                    .description("Reads of a view that its store did not answer, by store.")
                    .tag("store", failure.store())
                    .register(registry)
                    .increment();
        }
    }

    /** One push of rows. */
    public void push(String source, String target) {
        Counter.builder("feast_push_request")
                .description("Pushes by source and target.")
                .tag("push_source", source)
                .tag("mode", target)
                .register(registry)
                .increment();
    }

    /** One view that was materialized, or was not. */
    public void materialized(String view, boolean success) {
        Counter.builder("feast_materialization_result")
                .description("Materialized views by outcome.")
                .tag("feature_view", view)
                .tag("status", success ? "success" : "failure")
                .register(registry)
                .increment();
    }

    /** Everything in Prometheus' text format. */
    public String text() {
        return registry.scrape();
    }
}
