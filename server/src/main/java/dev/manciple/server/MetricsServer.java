package dev.manciple.server;

import dev.manciple.error.InvalidRequestException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;

/** Tells Prometheus the metrics of the process, at a port that has nothing else. */
public final class MetricsServer implements Server {
    private static final String PATH = "/metrics";
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
        return new MetricsServer(Listening.start(
                "The server of metrics",
                host,
                port,
                WebServer.builder().routing(HttpRouting.builder().get(PATH, handler(metrics)))));
    }

    /** Answers with the metrics, for a server that has other routes too. */
    public static Handler handler(Metrics metrics) {
        return (request, response) -> {
            response.header(HeaderNames.CONTENT_TYPE, FORMAT);
            response.send(metrics.text());
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
