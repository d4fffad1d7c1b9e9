package dev.manciple.server.http;

import dev.manciple.server.TimeLimit;
import dev.manciple.spi.internal.Deadlines;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends connections on which a head was begun and does not come to its end in time. Until a first line has come, the web server
 * itself takes a connection for idle. Thread-safe; what is heard is heard in the thread of the connection.
 */
final class Heads implements Http1ConnectionListener {
    private final TimeLimit limit;
    private final Map<Thread, Deadlines.Watch> coming = new ConcurrentHashMap<>();

    Heads(TimeLimit limit) {
        this.limit = limit;
    }

    @Override
    public void prologue(ConnectionContext connection, HttpPrologue firstLine) {
        Thread reader = Thread.currentThread();
        // A head that was none has no end to be heard of.
        whole(reader);
        coming.put(reader, limit.begin(() -> end(reader)));
    }

    @Override
    public void headers(ConnectionContext connection, Headers headers) {
        whole(Thread.currentThread());
    }

    private void whole(Thread reader) {
        Deadlines.Watch watch = coming.remove(reader);
        if (watch != null) {
            watch.close();
        }
    }

    private void end(Thread reader) {
        whole(reader);
        // Whoever waits for a connection and is interrupted closes it.
        reader.interrupt();
    }
}
