package dev.manciple.server;

import dev.manciple.error.InvalidRequestException;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.nio.charset.StandardCharsets;

/** Tells Prometheus the metrics of the process, at a port that has nothing else. */
public final class MetricsServer implements Server {
    /** Where the metrics are. */
    public static final String PATH = "/metrics";

    private static final String FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private final WebServer server;

    private MetricsServer(WebServer server) {
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @param port 0 for any free port
     * @throws InvalidRequestException if the address cannot be bound
     */
    public static MetricsServer start(String host, int port, Metrics metrics) {
        Handler handler = handler(metrics);
        return new MetricsServer(Listening.start(
                "The server of metrics",
                host,
                port,
                WebServer.builder()
                        .routing(HttpRouting.builder().get(PATH, handler).head(PATH, handler))));
    }

    /** Answers with the metrics, or to HEAD as if with them, for a server that has other routes too. */
    public static Handler handler(Metrics metrics) {
        return (request, response) -> {
            response.header(HeaderNames.CONTENT_TYPE, FORMAT);
            byte[] text = metrics.text().getBytes(StandardCharsets.UTF_8);
            if (request.prologue().method().equals(Method.HEAD)) {
                response.contentLength(text.length);
                response.send();
            } else {
                response.send(text);
            }
        };
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }
}
