package dev.manciple.server.flight;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.flight.FlightDescriptor;

/** The calls that wait for their client to ask for the answer, by their owner and the bytes of their command. Thread-safe. */
final class Uploads implements AutoCloseable {
    private final Map<Key, Upload> waiting = new ConcurrentHashMap<>();
    private final long patienceNanos;

    /** @param patience how long a call waits before it is forgotten */
    Uploads(Duration patience) {
        this.patienceNanos = patience.toNanos();
    }

    /** Keeps a call, instead of one of the same owner and command. */
    void put(Upload upload) {
        Upload replaced =
                waiting.put(new Key(upload.owner(), upload.descriptor().getCommand()), upload);
        if (replaced != null) {
            replaced.close();
        }
    }

    /** A call that goes on waiting. */
    Optional<Upload> find(String owner, FlightDescriptor descriptor) {
        Optional<Upload> found = descriptor.isCommand()
                ? Optional.ofNullable(waiting.get(new Key(owner, descriptor.getCommand())))
                : Optional.empty();
        found.ifPresent(Upload::touch);
        return found;
    }

    /** A call that waits no longer, which is the caller's to close. */
    Optional<Upload> take(String owner, byte[] command) {
        return Optional.ofNullable(waiting.remove(new Key(owner, command)));
    }

    List<FlightDescriptor> descriptors(String owner) {
        return waiting.values().stream()
                .filter(upload -> upload.owner().equals(owner))
                .map(Upload::descriptor)
                .toList();
    }

    /** Whether no call waits. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Forgets the calls nobody has asked for in time. */
    void sweep() {
        waiting.forEach((key, upload) -> {
            if (upload.isUntouchedFor(patienceNanos) && waiting.remove(key, upload)) {
                upload.close();
            }
        });
    }

    /** The same words of two callers are two calls: nobody gets another's answer. */
    private record Key(String owner, ByteBuffer command) {
        Key(String owner, byte[] command) {
            this(owner, ByteBuffer.wrap(command));
        }
    }

    @Override
    public void close() {
        waiting.values().forEach(Upload::close);
        waiting.clear();
    }
}
