package dev.manciple.server;

import com.sun.management.OperatingSystemMXBean;
import dev.manciple.OnlineFeatures;
import dev.manciple.StoreObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What the process tells Prometheus, under the names of Feast's server where it has one. Never a value or a key of a row. Meters
 * are made once, not per request. Thread-safe.
 */
public final class Metrics {
    /** Bounds of times: those Feast's server has, and finer ones below, where most times are here. Each is a series per route. */
    private static final Duration[] TIMES = DoubleStream.of(
                    0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
            .mapToObj(millis -> Duration.ofNanos(Math.round(1e6 * millis)))
            .toArray(Duration[]::new);

    /** Bounds of times of retrievals, some of which take minutes. */
    private static final Duration[] LONG_TIMES = LongStream.of(
                    100, 500, 1_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    /** Bounds of times to materialize a view. */
    private static final Duration[] MATERIALIZATION_TIMES = LongStream.of(1, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600)
            .mapToObj(Duration::ofSeconds)
            .toArray(Duration[]::new);

    private static final double[] ENTITY_COUNTS = {1, 5, 10, 25, 50, 100, 250, 500, 1_000};

    private static final double[] ROW_COUNTS = {1e2, 1e3, 1e4, 1e5, 5e5, 1e6, 5e6};

    private final PrometheusMeterRegistry registry;
    private final Map<String, Route> routes = new ConcurrentHashMap<>();
    private final Map<String, Counter> unanswered = new ConcurrentHashMap<>();
    private final Map<Push, Counter> pushes = new ConcurrentHashMap<>();
    private final Counter onlineReads;
    private final DistributionSummary onlineEntities;
    private final FeatureStatuses statuses;
    private final Counter registryFailures;
    private final MultiGauge freshness;
    private volatile Lags lags = new Lags("", Map::of);

    /** How far the views of a project lag, in seconds. */
    private record Lags(String project, Supplier<Map<String, Double>> byView) {}

    private final Times<StoreRead> storeReads;

    private record StoreRead(String store, StoreObserver.ReadEnd end) {}

    private final Times<Transformed> transformations;

    private record Transformed(String view, String mode) {}

    private final Map<FlightRows, Counter> flightRows = new ConcurrentHashMap<>();

    private record FlightRows(String command, String direction) {}

    private record Push(String source, String target) {}

    /** @param unmeasured groups there are to be no meters of */
    Metrics(Set<MetricGroup> unmeasured) {
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config()
                .meterFilter(
                        MeterFilter.deny(meter -> unmeasured.stream().anyMatch(group -> group.has(meter.getName()))));
        onlineReads = Counter.builder("feast_online_features_request")
                .description("Reads of online features.")
                .register(registry);
        onlineEntities = DistributionSummary.builder("feast_online_features_entity_count")
                .description("Entities per read.")
                .serviceLevelObjectives(ENTITY_COUNTS)
                .register(registry);
        storeReads = new Times<>(
                "feast_feature_server_online_store_read_duration",
                "Time of a read of an online store, by its type.",
                read -> Tags.of(
                        "store", read.store(), "outcome", read.end().name().toLowerCase(Locale.ROOT)));
        transformations = new Times<>(
                "feast_feature_server_transformation_duration",
                "Time a read waited for features that are computed, by on demand view.",
                computed -> Tags.of("odfv_name", computed.view(), "mode", computed.mode()));
        statuses = new FeatureStatuses(registry);
        registryFailures = Counter.builder("manciple_registry_failures")
                .description("Times the registry could not be read.")
                .register(registry);
        freshness = MultiGauge.builder("feast_feature_freshness_seconds")
                .description("Seconds since the end of the window that was materialized last, by view.")
                .register(registry);
        ProcessMeters.addTo(registry);
    }

    /** Meters of the process, in percent as Feast's. */
    private static final class ProcessMeters {
        private ProcessMeters() {}

        static void addTo(PrometheusMeterRegistry registry) {
            OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
            Gauge.builder("feast_feature_server_cpu_usage", () -> 100 * machine.getProcessCpuLoad())
                    .description("Share of the machine's processors this process uses, in percent.")
                    .register(registry);
            Gauge.builder(
                            "feast_feature_server_memory_usage",
                            () -> 100.0
                                    * (memory.getHeapMemoryUsage().getCommitted()
                                            + memory.getNonHeapMemoryUsage().getCommitted())
                                    / machine.getTotalMemorySize())
                    .description("Share of the machine's memory the JVM has taken, in percent.")
                    .register(registry);
        }
    }

    /**
     * How many requests a server of this process is busy with.
     *
     * @param server {@code online}, {@code offline} or {@code registry}
     * @param admission is only looked at as long as others hold it
     */
    public void running(String server, Admission admission) {
        Gauge.builder("manciple_requests_running", admission, Admission::running)
                .description("Requests that run now, by server.")
                .tag("server", server)
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
        registryFailures.increment();
    }

    /** The meters of a route of HTTP or a method of gRPC; to be asked for once, before the first request. */
    Route route(String name) {
        return routes.computeIfAbsent(name, Route::new);
    }

    /** Counts and times the requests of one route. */
    final class Route {
        private static final int STATUSES = 600;

        private final String name;
        private volatile @Nullable Timer latency;
        private final AtomicReferenceArray<@Nullable Counter> byStatus = new AtomicReferenceArray<>(STATUSES);

        private Route(String name) {
            this.name = name;
        }

        /**
         * One request that was answered, or turned away.
         *
         * @param status of HTTP, or the number of gRPC's
         */
        void answered(int status, long nanos) {
            counter(status).increment();
            latency().record(nanos, TimeUnit.NANOSECONDS);
        }

        /** Of a route that nobody asks there is nothing to tell. */
        private Timer latency() {
            Timer known = latency;
            if (known == null) {
                // Registering twice gives the same timer, so a race does no harm.
                known = Timer.builder("feast_feature_server_request_latency")
                        .description("Time from the request's head to the answer's last byte handed over.")
                        .tag("endpoint", name)
                        .serviceLevelObjectives(TIMES)
                        .register(registry);
                latency = known;
            }
            return known;
        }

        private Counter counter(int status) {
            Counter known = byStatus.get(status);
            if (known != null) {
                return known;
            }
            // Registering twice gives the same counter, so a race does no harm.
            Counter counter = Counter.builder("feast_feature_server_request")
                    .description("Requests by route and status.")
                    .tag("endpoint", name)
                    .tag("status", Integer.toString(status))
                    .register(registry);
            byStatus.set(status, counter);
            return counter;
        }
    }

    /**
     * A histogram of times for each kind of what is timed, from the first of its kind on.
     *
     * @param <K> tells kinds apart
     */
    private final class Times<K> {
        private final String name;
        private final String description;
        private final Function<K, Tags> tags;
        private final Map<K, Timer> timers = new ConcurrentHashMap<>();

        Times(String name, String description, Function<K, Tags> tags) {
            this.name = name;
            this.description = description;
            this.tags = tags;
        }

        void record(K kind, long nanos) {
            timers.computeIfAbsent(kind, this::timer).record(nanos, TimeUnit.NANOSECONDS);
        }

        private Timer timer(K kind) {
            return Timer.builder(name)
                    .description(description)
                    .tags(tags.apply(kind))
                    .serviceLevelObjectives(TIMES)
                    .register(registry);
        }
    }

    /** One read of an online store, a router's children included. */
    void storeRead(String store, long nanos, StoreObserver.ReadEnd end) {
        storeReads.record(new StoreRead(store, end), nanos);
    }

    /** Features of an on demand view computed for one read. */
    void transformed(String view, String mode, long nanos) {
        transformations.record(new Transformed(view, mode), nanos);
    }

    /**
     * Rows of a call of Arrow Flight.
     *
     * @param command what the call is about
     * @param direction {@code received} or {@code sent}
     */
    public void flightRows(String command, String direction, long rows) {
        flightRows
                .computeIfAbsent(
                        new FlightRows(command, direction),
                        counted -> Counter.builder("manciple_flight_rows")
                                .description("Rows that went over Arrow Flight, by command and direction.")
                                .tag("command", counted.command())
                                .tag("direction", counted.direction())
                                .register(registry))
                .increment((double) rows);
    }

    /**
     * One retrieval of an offline store that is over.
     *
     * @param command what was asked for
     * @param status {@code success}, {@code error}, or {@code cancelled} where the client went
     * @param nanos until the client had taken the last row
     */
    public void retrieved(String command, String status, long rows, long nanos) {
        Counter.builder("feast_offline_store_request")
                .description("Retrievals of the offline server, by command and outcome.")
                .tag("method", command)
                .tag("status", status)
                .register(registry)
                .increment();
        Timer.builder("feast_offline_store_request_latency")
                .description("Time from a retrieval's plan to its last row handed over.")
                .tag("method", command)
                .serviceLevelObjectives(LONG_TIMES)
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
        DistributionSummary.builder("feast_offline_store_row_count")
                .description("Rows per retrieval.")
                .tag("method", command)
                .serviceLevelObjectives(ROW_COUNTS)
                .register(registry)
                .record((double) rows);
    }

    /** One read of online features. */
    public void onlineRead(int entities) {
        onlineReads.increment();
        onlineEntities.record(entities);
    }

    /** What an answer tells of features, and the stores of a router whose features it lacks; counted once per view. */
    public void told(OnlineFeatures answer) {
        statuses.count(answer);
        for (OnlineFeatures.Failure failure : answer.failures()) {
            if (failure.store().isEmpty()) {
                // What cannot be computed here is no fault of a store, and waits for no operator.
                continue;
            }
            unanswered
                    .computeIfAbsent(
                            failure.store(),
                            store -> Counter.builder("manciple_online_store_failures")
                                    .description("Reads of a view that its store did not answer, by store.")
                                    .tag("store", store)
                                    .register(registry))
                    .increment();
        }
    }

    /** One push of rows. */
    public void push(String source, String target) {
        pushes.computeIfAbsent(
                        new Push(source, target),
                        push -> Counter.builder("feast_push_request")
                                .description("Pushes by source and target.")
                                .tag("push_source", push.source())
                                .tag("mode", push.target())
                                .register(registry))
                .increment();
    }

    /** Gathered rows that could not be appended. */
    void offlinePushLost(String source, int rows) {
        Counter.builder("manciple_offline_push_lost_rows")
                .description("Rows pushed to the offline store in batches that could not be appended.")
                .tag("push_source", source)
                .register(registry)
                .increment(rows);
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

    /** How long a view took to materialize. */
    void materializationTook(String view, long nanos) {
        Timer.builder("feast_materialization_duration")
                .description("Time a view took to materialize.")
                .tag("feature_view", view)
                .serviceLevelObjectives(MATERIALIZATION_TIMES)
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param byView asked when metrics are read: seconds by view since the end of what was materialized last */
    void freshness(String project, Supplier<Map<String, Double>> byView) {
        lags = new Lags(project, byView);
    }

    /** Everything in Prometheus' text format. */
    public String text() {
        Lags known = lags;
        freshness.register(
                known.byView().get().entrySet().stream()
                        .map(lag -> MultiGauge.Row.of(
                                Tags.of("feature_view", lag.getKey(), "project", known.project()), lag.getValue()))
                        .toList(),
                true);
        return registry.scrape();
    }
}
