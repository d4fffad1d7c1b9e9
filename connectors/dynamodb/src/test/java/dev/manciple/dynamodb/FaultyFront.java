package dev.manciple.dynamodb;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** Stands before the real server, hands requests on, and refuses some of them in the way the service refuses. */
final class FaultyFront implements AutoCloseable {
    private static final String THROTTLED = "com.amazonaws.dynamodb.v20120810#ThrottlingException";
    private static final String STRANGER = "com.amazon.coral.service#UnrecognizedClientException";

    private final HttpServer front;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final URI behind;

    /** @param throttled of the operation, such as {@code PutItem}, and the body */
    FaultyFront(URI behind, Predicate<String> throttled) {
        this(behind, THROTTLED, throttled);
    }

    /** Refuses everybody's credentials, which the local server never does. */
    static FaultyFront toStrangers(URI behind) {
        return new FaultyFront(behind, STRANGER, request -> true);
    }

    private FaultyFront(URI behind, String error, Predicate<String> refused) {
        this.behind = behind;
        try {
            front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        front.setExecutor(threads);
        front.createContext("/", exchange -> handle(exchange, error, refused));
        front.start();
    }

    String url() {
        return "http://127.0.0.1:" + front.getAddress().getPort();
    }

    private void handle(HttpExchange exchange, String error, Predicate<String> refused) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
            if (refused.test(target + " " + new String(body, StandardCharsets.UTF_8))) {
                String answer = "{\"__type\":\"%s\",\"message\":\"Refused\"}".formatted(error);
                answer(exchange, 400, answer.getBytes(StandardCharsets.UTF_8));
                return;
            }
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(behind).POST(HttpRequest.BodyPublishers.ofByteArray(body));
            for (String header : new String[] {"X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date"}) {
                String value = exchange.getRequestHeaders().getFirst(header);
                if (value != null) {
                    request.header(header, value);
                }
            }
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            answer(exchange, response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        front.stop(0);
        http.close();
        threads.close();
    }
}
