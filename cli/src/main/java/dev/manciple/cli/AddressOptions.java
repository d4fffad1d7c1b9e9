package dev.manciple.cli;

import picocli.CommandLine.Option;

/** Where a server listens. Each command has defaults of its own, which are Feast's. */
final class AddressOptions {
    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "The address to listen on, 0.0.0.0 for all of this machine's (default: ${DEFAULT-VALUE}).")
    String host;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "The port to listen on (default: ${DEFAULT-VALUE}; 0 for any free one).")
    int port;

    AddressOptions(String host, int port) {
        this.host = host;
        this.port = port;
    }
}
