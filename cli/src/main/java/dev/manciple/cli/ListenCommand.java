package dev.manciple.cli;

import dev.manciple.server.ServerOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Feast's command for its gRPC server: that of {@code serve}, without HTTP. */
@Command(name = "listen", description = "Serve online features over gRPC alone until stopped.")
final class ListenCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = {"-a", "--address"},
            paramLabel = "HOST:PORT",
            converter = AddressConverter.class,
            defaultValue = "localhost:50051",
            description = "The address to listen on (default: ${DEFAULT-VALUE}).")
    Address address = new Address("localhost", 50_051);

    record Address(String host, int port) {}

    /** Reads {@code HOST:PORT}. */
    static final class AddressConverter implements ITypeConverter<Address> {
        private static final Pattern ADDRESS = Pattern.compile("(?<host>[^:]+|\\[[0-9a-fA-F:]+]):(?<port>[^:]*)");

        @Override
        public Address convert(String text) {
            Matcher parts = ADDRESS.matcher(text);
            if (!parts.matches()) {
                throw new TypeConversionException("'%s' is not of the form HOST:PORT".formatted(text));
            }
            return new Address(parts.group("host"), new PortConverter().convert(parts.group("port")));
        }
    }

    @Option(
            names = {"-w", "--max_workers"},
            paramLabel = "NUMBER",
            description = "Feast's; has no effect: requests do not wait for workers.")
    @Nullable
    Integer workers;

    @Option(
            names = {"-r", "--registry_ttl_sec"},
            paramLabel = "SECONDS",
            converter = SecondsConverter.class,
            defaultValue = "5",
            description = "How often to look whether the registry changed (default: ${DEFAULT-VALUE}).")
    int registryTtlSeconds = 5;

    @Mixin
    private final ServingOptions log = new ServingOptions();

    @ArgGroup(exclusive = false)
    @Nullable
    TlsOptions tls;

    ListenCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ServerOptions options = ServerOptions.DEFAULT
                .withHost(address.host())
                .withoutHttp()
                .withGrpcPort(address.port())
                .withRegistryTtl(Duration.ofSeconds(Math.max(registryTtlSeconds, 1)))
                .withConduct(log.apply(Serving.conduct(session)));
        return new Serving(session).run(Served.online(tls == null ? options : options.withTls(tls.files(session))));
    }
}
