package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureStore;
import dev.manciple.MaterializeListener;
import dev.manciple.tck.Await;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MaterializeJobsTest {
    private static final String WINDOW = "{\"start_ts\": \"2024-01-01\", \"end_ts\": \"2025-01-01\"}";

    @TempDir
    Path folder;

    private FeatureStore store;
    private FeatureServer server;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        store = Repository.create(folder);
        server = FeatureServer.start(store, ServerOptions.DEFAULT.withPort(0).withDrain(Duration.ZERO), "test");
        http = Http.of(server);
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    @Test
    void aJobIsAcceptedRunsAndCanBeAskedAbout() throws Exception {
        HttpResponse<String> accepted = http.post("/materialize?async=true", WINDOW);

        assertThat(accepted.statusCode()).isEqualTo(202);
        JsonNode answer = Http.json(accepted);
        assertThat(answer.get("status").stringValue()).isEqualTo("accepted");
        assertThat(answer.get("feature_views").toString()).isEqualTo("[\"driver_stats\"]");
        String job = accepted.headers().firstValue("location").orElseThrow();
        assertThat(job).endsWith(answer.get("job_id").stringValue());
        JsonNode state = Await.until(
                "the job is over",
                () -> Http.json(http.get(job)),
                seen -> !Set.of("accepted", "running")
                        .contains(seen.get("status").stringValue()));
        assertThat(state.get("status").stringValue()).as(state.toString()).isEqualTo("succeeded");
        assertThat(state.get("rows").toString()).isEqualTo("{\"driver_stats\":2}");
        assertThat(Http.json(http.get("/materialize/jobs")).get("jobs")).hasSize(1);
        assertThat(http.get("/metrics").body())
                .contains("feast_materialization_result_total{feature_view=\"driver_stats\",status=\"success\"} 1")
                .contains("feast_materialization_duration_seconds_count{feature_view=\"driver_stats\"} 1");
    }

    @Test
    void anIncrementalJobRunsToo() throws Exception {
        assertThat(http.post("/materialize-incremental?async=true", "{\"end_ts\": \"2025-06-01\"}")
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void whatDoesNotExistIsNotAcceptedNorKnown() throws Exception {
        assertThat(http.post("/materialize?async=true", WINDOW.replace("}", ", \"feature_views\": [\"riders\"]}"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(http.get("/materialize/jobs/none").statusCode()).isEqualTo(404);
    }

    @Test
    void howFarViewsLagBehindIsMeasured() throws Exception {
        assertThat(http.get("/metrics").body())
                .containsPattern(
                        "feast_feature_freshness_seconds\\{feature_view=\"driver_stats\",project=\"rides\"} [1-9]");
    }

    @Test
    void aViewThatIsBusyIsNotBegunAgainUnlessForced() throws Exception {
        Metrics metrics = new Metrics(Set.of());
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Instant start = Instant.parse("2024-01-01T00:00:00Z");
        Instant end = Instant.parse("2025-01-01T00:00:00Z");
        MaterializeJobs.Run slow = (asked, views, listener) -> {
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return asked.materialize(start, end, views, listener);
        };
        MaterializeJobs.Run quick =
                (asked, views, listener) -> asked.materialize(start, end, views, MaterializeListener.NONE);
        try (MaterializeJobs jobs = new MaterializeJobs(store, metrics, InstantSource.system(), 2)) {
            assertThat(jobs.submit(List.of(), false, slow)).isInstanceOf(MaterializeJobs.Order.Accepted.class);
            begun.await();

            assertThat(jobs.submit(List.of("driver_stats"), false, quick))
                    .isEqualTo(new MaterializeJobs.Order.Busy(List.of("driver_stats")));
            assertThat(jobs.submit(List.of("driver_stats"), true, quick))
                    .isInstanceOf(MaterializeJobs.Order.Accepted.class);
            goOn.countDown();
            Await.until(
                    "all jobs are over",
                    jobs::all,
                    all -> all.stream().noneMatch(job -> job.ended().isEmpty()));
            assertThat(jobs.all()).extracting(MaterializeJobs.Job::state).containsOnly(MaterializeJobs.State.SUCCEEDED);
            assertThat(jobs.submit(List.of("driver_stats"), false, quick))
                    .as("free again")
                    .isInstanceOf(MaterializeJobs.Order.Accepted.class);
        }
    }
}
