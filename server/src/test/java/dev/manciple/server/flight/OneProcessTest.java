package dev.manciple.server.flight;

import static dev.manciple.server.flight.Client.command;
import static dev.manciple.server.flight.History.ASKED;
import static dev.manciple.server.flight.History.ROW;
import static dev.manciple.server.flight.History.historical;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.registry.FileRegistry;
import dev.manciple.server.Commons;
import dev.manciple.server.FeatureServer;
import dev.manciple.server.MetricsServer;
import dev.manciple.server.RegistryServer;
import dev.manciple.server.RegistryServerOptions;
import dev.manciple.server.Repository;
import dev.manciple.server.Server;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.Servers;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.tck.Await;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightStatusCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All servers before one feature store. */
@Timeout(120)
class OneProcessTest {
    private static final String READ =
            "{\"entities\": {\"driver_id\": [1001]}, \"features\": [\"driver_stats:trips\"]}";

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Commons commons = Commons.of(AccessControl.open());
    private FeatureStore store;
    private FileRegistry registry;

    @BeforeEach
    void open() throws IOException {
        store = Repository.create(folder);
        registry = new FileRegistry(folder.resolve("registry.db"), false, InstantSource.system());
    }

    @AfterEach
    void close() {
        registry.close();
        store.close();
    }

    private FeatureServer online() {
        return FeatureServer.start(store, commons, ServerOptions.DEFAULT.withPort(0), "test");
    }

    private OfflineServer offline(int port) {
        return OfflineServer.start(
                store, commons, OfflineServerOptions.DEFAULT.withPort(port).withRepository(folder));
    }

    private RegistryServer registryServer() {
        return RegistryServer.start(
                registry,
                commons,
                new RegistryServerOptions(
                        "127.0.0.1",
                        Optional.of(0),
                        Optional.of(0),
                        Optional.empty(),
                        ServerOptions.Limits.DEFAULT,
                        Duration.ZERO));
    }

    private String get(int port, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path))));
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private String read(FeatureServer server) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/get-online-features".formatted(server.port())))
                        .POST(HttpRequest.BodyPublishers.ofString(READ)));
    }

    @Test
    void allAnswerAndTellOfItInOnePlace() throws Exception {
        try (Servers servers = new Servers()) {
            FeatureServer online = servers.add(online());
            OfflineServer offline = servers.add(offline(0));
            int rest = servers.add(registryServer()).restPort().orElseThrow();
            try (Client client = new Client(offline)) {
                assertThat(read(online)).contains("[7]");
                assertThat(get(rest, "/api/v1/entities?project=rides")).contains("driver");
                assertThat(get(rest, "/api/v1/entities/nobody?project=rides")).contains("does not exist");
                assertThat(client.get(client.put(historical(), ASKED, List.of(ROW))))
                        .hasSize(1);
                OfflineServerTest.assertFailure(
                        () -> client.put(command("no_such_api")), FlightStatusCode.INVALID_ARGUMENT, "FeastError", "");

                for (String counted : List.of(
                        "feast_feature_server_request_total{endpoint=\"/get-online-features\",status=\"200\"} 1",
                        "feast_feature_server_request_total{endpoint=\"GET /api/v1/entities\",status=\"200\"} 1",
                        "feast_feature_server_request_total{endpoint=\"GET /api/v1/entities/{name}\",status=\"404\"} 1",
                        "feast_feature_server_request_total{endpoint=\"DoPut/get_historical_features\",status=\"0\"} 1",
                        "feast_feature_server_request_total{endpoint=\"GetFlightInfo/get_historical_features\",status=\"0\"} 1",
                        "feast_feature_server_request_total{endpoint=\"DoGet/get_historical_features\",status=\"0\"} 1",
                        "feast_feature_server_request_total{endpoint=\"DoPut\",status=\"3\"} 1",
                        "feast_feature_server_request_latency_seconds_count{endpoint=\"DoGet/get_historical_features\"} 1",
                        "feast_offline_store_request_total{method=\"get_historical_features\",status=\"success\"} 1",
                        "feast_offline_store_request_latency_seconds_count{method=\"get_historical_features\"} 1",
                        "feast_offline_store_row_count_sum{method=\"get_historical_features\"} 1",
                        "manciple_flight_rows_total{command=\"get_historical_features\",direction=\"received\"} 1",
                        "manciple_flight_rows_total{command=\"get_historical_features\",direction=\"sent\"} 1",
                        "manciple_requests_running{server=\"offline\"} 0",
                        "manciple_requests_running{server=\"registry\"} 0")) {
                    awaitMetric(online, counted);
                }
            }
        }
    }

    /** A request is told of a moment after its answer has arrived. */
    private void awaitMetric(FeatureServer server, String line) throws Exception {
        Await.until(line, () -> get(server.port(), "/metrics"), metrics -> metrics.contains(line));
    }

    @Test
    void oneThatIsAloneTellsItsMetricsAtAPortOfTheirOwn() throws Exception {
        try (Servers servers = new Servers()) {
            OfflineServer offline = servers.add(offline(0));
            MetricsServer metrics = servers.add(MetricsServer.start("127.0.0.1", 0, commons.metrics()));
            assertThat(metrics.port()).isNotEqualTo(offline.port());
            assertThat(get(metrics.port(), "/metrics")).contains("manciple_requests_running{server=\"offline\"} 0");
            HttpResponse<String> head = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/metrics".formatted(metrics.port())))
                            .HEAD()
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
        }
    }

    @Test
    void oneThatCannotStartEndsTheOthers() throws Exception {
        List<Integer> ports = new ArrayList<>();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> {
                        try (Servers servers = new Servers()) {
                            ports.add(servers.add(online()).port());
                            servers.add(offline(taken.getLocalPort()));
                        }
                    })
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageStartingWith(
                            "The offline server cannot listen on 127.0.0.1, port %d: ", taken.getLocalPort());
        }
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), ports.getFirst()).close())
                .isInstanceOf(ConnectException.class);
    }

    /** Each of two servers drains for as long as the other one has not begun to. */
    @Test
    void noneWaitsForAnotherToDrain() {
        CyclicBarrier both = new CyclicBarrier(2);
        Server waiting = () -> {
            try {
                both.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IllegalStateException(e);
            }
        };
        Servers servers = new Servers();
        servers.add(waiting);
        servers.add(waiting);
        servers.close();
        assertThat(both.getNumberWaiting()).isZero();
    }

    @Test
    void whatWasPutIsAnsweredWhileTheServerEnds() throws Exception {
        OfflineServer server = offline(0);
        try (Client client = new Client(server)) {
            FlightDescriptor flight = client.put(historical(), ASKED, List.of(ROW));
            CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
            assertThat(client.get(flight)).hasSize(1);
            closed.get();
        } finally {
            server.close();
        }
    }
}
