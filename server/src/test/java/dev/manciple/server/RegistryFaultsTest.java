package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.registry.FileRegistry;
import dev.manciple.tck.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers of the registry's REST routes that do harm, on purpose or not. */
@Timeout(60)
class RegistryFaultsTest {
    private static final int MOST_BYTES = 1_000;

    @TempDir
    private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private FileRegistry registry;
    private RegistryServer server;

    @BeforeEach
    void start() {
        registry = new FileRegistry(folder.resolve("registry.db"), false, InstantSource.system());
        server = RegistryServer.start(
                registry,
                new RegistryServerOptions(
                        "127.0.0.1",
                        Optional.empty(),
                        Optional.of(0),
                        Optional.empty(),
                        new ServerOptions.Limits(MOST_BYTES, 1_000, 1, Duration.ofSeconds(2)),
                        Duration.ZERO));
    }

    @AfterEach
    void stop() {
        server.close();
        registry.close();
    }

    private HttpResponse<String> projects() throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/v1/projects"
                                .formatted(server.restPort().orElseThrow())))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Sends the head of a request, and the beginning of its body. */
    private Socket begin(int bytes) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.restPort().orElseThrow());
        socket.getOutputStream()
                .write("POST /api/v1/entities HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n{"
                        .formatted(bytes)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void whoFallsSilentHasTheOnlyPlaceForAWhile() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            HttpResponse<String> refused = Await.until(
                    "the place is taken",
                    () -> {
                        // One that comes while this thread has the place is turned away itself, and another has to take
                        // it.
                        silent.add(begin(MOST_BYTES));
                        return projects();
                    },
                    answer -> answer.statusCode() != 200);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("1 requests are running");
            assertThat(refused.headers().firstValue("retry-after")).contains("1");

            assertThat(answers(silent))
                    .as("the server hangs up on the one that had the place")
                    .contains("");
            // It hangs up a moment before it gives the place back.
            HttpResponse<String> next =
                    Await.until("the place is free", this::projects, answer -> answer.statusCode() != 429);
            assertThat(next.statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    private static List<String> answers(List<Socket> sockets) throws IOException {
        List<String> answers = new ArrayList<>();
        for (Socket socket : sockets) {
            answers.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        }
        return answers;
    }

    @Test
    void aBodyThatIsTooLargeIsNotRead() throws Exception {
        try (Socket large = begin(MOST_BYTES + 1)) {
            assertThat(new String(large.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 413")
                    .contains("The body has more than 1,000 bytes");
        }
        assertThat(projects().statusCode()).isEqualTo(200);
    }
}
