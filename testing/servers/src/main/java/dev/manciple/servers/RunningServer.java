package dev.manciple.servers;

import java.io.IOException;

/** A server that listens on the loopback interface until it is closed, by who started it. */
public interface RunningServer extends AutoCloseable {
    int port();

    @Override
    void close() throws IOException;
}
