package dev.manciple.cli;

import dev.manciple.server.flight.OfflineServerOptions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Serves the offline store until it is told to stop. */
@Command(
        name = "serve_offline",
        preprocessor = FeastShortNames.class,
        description = "Serve the offline store over Arrow Flight, in the protocol of Feast, until stopped.")
final class ServeOfflineCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private final AddressOptions address =
            new AddressOptions(OfflineServerOptions.DEFAULT.host(), OfflineServerOptions.DEFAULT.port());

    @Mixin
    private final ServingOptions log = new ServingOptions();

    @ArgGroup(exclusive = false)
    @Nullable
    TlsOptions tls;

    ServeOfflineCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return new Serving(session)
                .run(Served.offline(
                        options(), log.apply(Serving.conduct(session).withoutMetricsPort())));
    }

    private OfflineServerOptions options() {
        OfflineServerOptions options = OfflineServerOptions.DEFAULT
                .withHost(address.host)
                .withPort(address.port)
                .withRepository(session.repository());
        return tls == null ? options : options.withTls(tls.files(session));
    }
}
