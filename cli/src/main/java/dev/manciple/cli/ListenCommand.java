package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.ServerOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Feast's command for its gRPC server: that of {@code serve}, without HTTP. */
@Command(name = "listen", description = "Serve online features over gRPC alone until stopped.")
final class ListenCommand implements Callable<Integer> {
    private static final Pattern ADDRESS = Pattern.compile("(?<host>[^:]+|\\[[0-9a-fA-F:]+]):(?<port>\\d{1,5})");

    private final Session session;

    @Option(
            names = {"-a", "--address"},
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:50051",
            description = "The address to listen on (default: ${DEFAULT-VALUE}).")
    String address = "localhost:50051";

    @Option(
            names = {"-w", "--max_workers"},
            paramLabel = "NUMBER",
            description = "Feast's; has no effect: requests do not wait for workers.")
    @Nullable
    Integer workers;

    @Option(
            names = {"-r", "--registry_ttl_sec"},
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How often to look whether the registry changed (default: ${DEFAULT-VALUE}).")
    int registryTtlSeconds = 5;

    @Mixin
    private final ServingOptions log = new ServingOptions();

    ListenCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Matcher parts = ADDRESS.matcher(address);
        if (!parts.matches()) {
            throw new InvalidRequestException("The address '%s' is not of the form HOST:PORT".formatted(address));
        }
        return new Serving(session)
                .run(Served.online(ServerOptions.DEFAULT
                        .withHost(parts.group("host"))
                        .withoutHttp()
                        .withGrpcPort(Integer.parseInt(parts.group("port")))
                        .withRegistryTtl(Duration.ofSeconds(Math.max(registryTtlSeconds, 1)))
                        .withConduct(log.apply(Serving.conduct(session)))));
    }
}
