package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.tck.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What those who run a server rely on: limits, draining, a registry that changes or breaks, TLS. */
class OperationTest {
    private static final String READ =
            "{\"entities\": {\"driver_id\": [1001]}, \"features\": [\"driver_stats:trips\"]}";

    @TempDir
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private FeatureStore store;

    @BeforeEach
    void open() throws IOException {
        store = Repository.create(folder);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private FeatureServer start(ServerOptions options) {
        return FeatureServer.start(store, options.withPort(0), "test");
    }

    private HttpResponse<String> read(FeatureServer server) throws IOException, InterruptedException {
        return client.send(request(server), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest request(FeatureServer server) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/get-online-features".formatted(server.port())))
                .POST(HttpRequest.BodyPublishers.ofString(READ))
                .build();
    }

    @Test
    void whoeverComesWhileAllPlacesAreTakenIsToldSoAtOnce() throws Exception {
        ServerOptions.Limits one = new ServerOptions.Limits(1 << 20, 1_000, 1, Duration.ofSeconds(30));
        try (FeatureServer server = start(ServerOptions.DEFAULT.withLimits(one));
                Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            // Has the only place for as long as its body does not come.
            slow.getOutputStream()
                    .write("POST /get-online-features HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
                            .formatted(READ.length())
                            .getBytes(StandardCharsets.US_ASCII));
            HttpResponse<String> refused = Await.until(
                    "the slow request has arrived", () -> read(server), answer -> answer.statusCode() != 200);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).contains("1");

            slow.getOutputStream().write(READ.getBytes(StandardCharsets.US_ASCII));
            assertThat(head(slow.getInputStream())).startsWith("HTTP/1.1 200");
            // It answers a moment before it gives the place back.
            HttpResponse<String> next =
                    Await.until("the place is free", () -> read(server), answer -> answer.statusCode() != 429);
            assertThat(next.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatIsSilentWithinItsRequestLosesItsPlace() throws Exception {
        ServerOptions.Limits hasty = new ServerOptions.Limits(1 << 20, 1_000, 1, Duration.ofMillis(300));
        try (FeatureServer server = start(ServerOptions.DEFAULT.withLimits(hasty));
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            silent.getOutputStream()
                    .write("POST /get-online-features HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(silent.getInputStream().readAllBytes())
                    .as("the server hangs up")
                    .isEmpty();
            // It hangs up a moment before it gives the place back.
            HttpResponse<String> next =
                    Await.until("the place is free", () -> read(server), answer -> answer.statusCode() != 429);
            assertThat(next.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void requestsThatRunWhenItStopsAreAnswered() throws Exception {
        FeatureServer server = start(ServerOptions.DEFAULT);
        AtomicBoolean stopping = new AtomicBoolean();
        List<CompletableFuture<List<Integer>>> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            callers.add(CompletableFuture.supplyAsync(() -> statusesUntil(server, stopping)));
        }
        assertThat(read(server).statusCode()).isEqualTo(200);
        HttpRequest late = request(server);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
        stopping.set(true);
        for (CompletableFuture<List<Integer>> caller : callers) {
            assertThat(caller.get()).containsOnly(200);
        }
        closed.get();
        assertThatThrownBy(() -> client.send(late, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
    }

    /** Asks again and again, and a few times more once the server stops. */
    private List<Integer> statusesUntil(FeatureServer server, AtomicBoolean stopping) {
        List<Integer> statuses = new ArrayList<>();
        try {
            for (int after = 0; after < 5; after += stopping.get() ? 1 : 0) {
                statuses.add(read(server).statusCode());
            }
        } catch (IOException e) {
            statuses.add(-1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return statuses;
    }

    /** Something bad that happens to the file of the registry. */
    private interface Mishap {
        void happenTo(Path registry) throws IOException;
    }

    @Test
    void aRegistryReplacedByGarbageLeavesTheLastGoodOneServed() throws Exception {
        leavesTheLastGoodOneServed(registry -> Files.writeString(registry, "garbage"));
    }

    @Test
    void aRegistryThatVanishesLeavesTheLastGoodOneServed() throws Exception {
        leavesTheLastGoodOneServed(Files::delete);
    }

    private void leavesTheLastGoodOneServed(Mishap mishap) throws Exception {
        try (FeatureServer server = start(ServerOptions.DEFAULT.withRegistryTtl(Duration.ofMillis(50)))) {
            assertThat(read(server).statusCode()).isEqualTo(200);
            Files.copy(folder.resolve("registry.db"), folder.resolve("good.db"));
            mishap.happenTo(folder.resolve("registry.db"));
            Await.until(
                    "the registry failed to be read",
                    () -> metrics(server),
                    metrics -> metrics.matches("(?s).*manciple_registry_failures_total [1-9].*"));

            assertThat(read(server).statusCode()).isEqualTo(200);
            assertThat(get(server, "/health").statusCode()).isEqualTo(503);

            Files.move(folder.resolve("good.db"), folder.resolve("registry.db"), StandardCopyOption.REPLACE_EXISTING);
            assertThat(get(server, "/health").statusCode()).isEqualTo(200);
        }
    }

    private String metrics(FeatureServer server) throws IOException, InterruptedException {
        return get(server, "/metrics").body();
    }

    private HttpResponse<String> get(FeatureServer server, String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aPortThatIsTakenIsAClearError() throws IOException {
        List<LogRecord> told = new CopyOnWriteArrayList<>();
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord line) {
                told.add(line);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger webServer = Logger.getLogger("io.helidon");
        webServer.addHandler(listener);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() ->
                            FeatureServer.start(store, ServerOptions.DEFAULT.withPort(taken.getLocalPort()), "test"))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage(
                            "The feature server cannot listen on 127.0.0.1, port %d: Address already in use. Choose another host or port",
                            taken.getLocalPort());
        } finally {
            webServer.removeHandler(listener);
        }
        assertThat(told).as("the web server's own words about it").isEmpty();
    }

    @Test
    void filesOfTlsThatAreNoneAreAClearError() throws IOException {
        Path key = Files.writeString(folder.resolve("tls.key"), "no key");
        ServerOptions missing = ServerOptions.DEFAULT.withTls(
                new ServerOptions.Tls(folder.resolve("none"), key, java.util.Optional.empty()));
        ServerOptions garbage =
                ServerOptions.DEFAULT.withTls(new ServerOptions.Tls(key, key, java.util.Optional.empty()));

        assertThatThrownBy(() -> start(missing))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> start(garbage))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("PEM");
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\r' && next >= 0; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }
}
