package dev.manciple.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;

/**
 * What a command has of the world outside it: the three streams, the folder it was started in, the environment, the clock.
 *
 * @param watched the streams a person watches, rather than a file or another program
 * @param width columns of the terminal
 */
record Terminal(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Set<Stream> watched,
        int width,
        Path folder,
        Map<String, String> environment,
        InstantSource clock) {

    /** The three standard streams. */
    enum Stream {
        IN,
        OUT,
        ERR
    }

    Terminal {
        watched = Set.copyOf(watched);
        environment = Map.copyOf(environment);
    }

    boolean watches(Stream stream) {
        return watched.contains(stream);
    }
}
