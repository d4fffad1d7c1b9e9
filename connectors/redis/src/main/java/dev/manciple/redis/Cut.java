package dev.manciple.redis;

import java.io.Closeable;
import java.io.IOException;

/** Ends connections in the middle of whatever they are about. */
final class Cut {
    private Cut() {}

    /** Wakes those that wait for the connection's server, as the connection has ended. */
    static void now(Closeable connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // It is closed all the same.
            System.getLogger(Cut.class.getName()).log(System.Logger.Level.DEBUG, "Cutting a connection failed", e);
        }
    }
}
