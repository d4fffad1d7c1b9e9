package dev.manciple.cli;

import dev.manciple.server.ServerOptions;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a server needs for TLS: key and certificate, or neither. */
final class TlsOptions {
    @Option(
            names = {"-k", "--key"},
            paramLabel = "FILE",
            required = true,
            description = "The private key of TLS, a PEM file.")
    Path key = Path.of("");

    @Option(names = "--cert", paramLabel = "FILE", required = true, description = "The certificate of TLS, a PEM file.")
    Path certificate = Path.of("");

    @Option(
            names = "--client-ca",
            paramLabel = "FILE",
            description = "Let in only clients with a certificate of these authorities, a PEM file.")
    @Nullable
    Path clientAuthorities;

    /** The files, from the folder the command was started in. */
    ServerOptions.Tls files(Session session) {
        return new ServerOptions.Tls(
                session.resolve(key),
                session.resolve(certificate),
                Optional.ofNullable(clientAuthorities).map(session::resolve));
    }
}
