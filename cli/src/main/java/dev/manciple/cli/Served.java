package dev.manciple.cli;

import dev.manciple.server.Conduct;
import dev.manciple.server.RegistryServerOptions;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.flight.OfflineServerOptions;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one process serves.
 *
 * @param conduct what goes for all of it
 */
record Served(
        Optional<ServerOptions> online,
        Optional<OfflineServerOptions> offline,
        Optional<RegistryServerOptions> registry,
        Conduct conduct) {
    static Served online(ServerOptions options) {
        return new Served(Optional.of(options), Optional.empty(), Optional.empty(), options.conduct());
    }

    static Served offline(OfflineServerOptions options, Conduct conduct) {
        return new Served(Optional.empty(), Optional.of(options), Optional.empty(), conduct);
    }

    static Served registry(RegistryServerOptions options, Conduct conduct) {
        return new Served(Optional.empty(), Optional.empty(), Optional.of(options), conduct);
    }

    Served withOffline(OfflineServerOptions options) {
        return new Served(online, Optional.of(options), registry, conduct);
    }

    Served withRegistry(RegistryServerOptions options) {
        return new Served(online, offline, Optional.of(options), conduct);
    }

    /** The addresses it is to be had at. */
    Stream<String> hosts() {
        return Stream.of(
                        online.map(ServerOptions::host),
                        offline.map(OfflineServerOptions::host),
                        registry.map(RegistryServerOptions::host))
                .flatMap(Optional::stream);
    }
}
