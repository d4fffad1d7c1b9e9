package dev.manciple.cli;

import dev.manciple.server.flight.OfflineServerOptions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves the offline store until it is told to stop. */
@Command(
        name = "serve_offline",
        description = "Serve the offline store over Arrow Flight, in the protocol of Feast, until stopped.")
final class ServeOfflineCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "The address to listen on (default: ${DEFAULT-VALUE}).")
    String host = "127.0.0.1";

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "8815",
            description = "The port (default: ${DEFAULT-VALUE}; 0 for any free one).")
    int port = 8815;

    @ArgGroup(exclusive = false)
    @Nullable
    TlsOptions tls;

    ServeOfflineCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return new Serving(session).runOffline(options());
    }

    private OfflineServerOptions options() {
        OfflineServerOptions options =
                OfflineServerOptions.DEFAULT.withHost(host).withPort(port).withRepository(session.repository());
        return tls == null ? options : options.withTls(tls.files(session));
    }
}
