package dev.manciple.remote.online;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that answers what a test tells it to. Like Feast's it has no route of Manciple's, unless the test says so. */
final class FakeServer implements AutoCloseable {
    /** Answers one request. */
    interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    /** What came. */
    record Request(String path, String body, List<String> authorization) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());

    private FakeServer(HttpServer server) {
        this.server = server;
    }

    static FakeServer start(Handler handler) throws IOException {
        return start(handler, true);
    }

    /** @param likeFeast whether requests for Manciple's routes are answered 404 without the handler */
    static FakeServer start(Handler handler, boolean likeFeast) throws IOException {
        FakeServer fake =
                new FakeServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        fake.server.setExecutor(fake.threads);
        fake.server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (likeFeast && path.startsWith("/manciple/")) {
                answer(exchange, 404, "{\"detail\":\"Not Found\"}");
                return;
            }
            fake.requests.add(new Request(
                    path,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    List.copyOf(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()))));
            handler.handle(exchange);
        });
        fake.server.start();
        return fake;
    }

    static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    int port() {
        return server.getAddress().getPort();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
