package dev.manciple.server;

import dev.manciple.error.InvalidRequestException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;

/** Begins to listen, or says why not. */
public final class Listening {
    private Listening() {}

    /**
     * Starts a server of HTTP.
     *
     * @param server which one, to begin a sentence with
     * @throws InvalidRequestException if the address cannot be bound
     */
    static WebServer start(String server, String host, int port, WebServerConfig.Builder config) {
        try {
            WebServer started = config.host(host)
                    .port(port)
                    .shutdownHook(false)
                    .featuresDiscoverServices(false)
                    .build()
                    .start();
            if (!started.isRunning()) {
                throw new IllegalStateException("is the port taken?");
            }
            return started;
        } catch (RuntimeException e) {
            throw failed(server, host, port, e);
        }
    }

    /**
     * What to tell where an address cannot be bound.
     *
     * @param server which one, to begin a sentence with
     * @param cause the innermost of its causes is what is told
     */
    public static InvalidRequestException failed(String server, String host, int port, Exception cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new InvalidRequestException(
                "%s cannot listen on %s, port %d: %s. Choose another host or port"
                        .formatted(server, host, port, root.getMessage()),
                cause);
    }
}
