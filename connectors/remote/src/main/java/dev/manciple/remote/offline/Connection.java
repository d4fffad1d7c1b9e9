package dev.manciple.remote.offline;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.UnsupportedException;
import io.grpc.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClient.ClientStreamListener;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * One connection to the server, for one call after the other: what is put is asked for on the same one. Failures are Flight's. Not
 * thread-safe; close it.
 */
final class Connection implements AutoCloseable {
    private static final long LOOK_NANOS = Duration.ofMillis(1).toNanos();

    private final FlightClient client;
    private final BufferAllocator allocator;
    private final Set<String> actions;

    /** @param actions what the server says it offers */
    Connection(FlightClient client, BufferAllocator allocator, Set<String> actions) {
        this.client = client;
        this.allocator = allocator;
        this.actions = actions;
    }

    /** @throws UnsupportedException if the server does not know all parameters, as Feast's does not know any of ours */
    void require(Server server, Set<String> extensions) {
        for (String parameter : new TreeSet<>(extensions)) {
            if (!actions.contains(parameter)) {
                throw new UnsupportedException(
                        server.toString(),
                        parameter.toUpperCase(java.util.Locale.ROOT),
                        "the parameter '%s', which is not one of Feast's protocol: it takes a server of Manciple"
                                .formatted(parameter));
            }
        }
    }

    /** Puts a call without rows. */
    void putNothing(Command command) {
        Field key = Field.nullable("key", ArrowType.Utf8.INSTANCE);
        try (VectorSchemaRoot nothing = VectorSchemaRoot.create(new Schema(List.of(key)), allocator)) {
            ((VarCharVector) nothing.getVector(0)).allocateNew(1);
            nothing.setRowCount(1);
            ClientStreamListener put = client.startPut(command.descriptor(), nothing, new AsyncPutListener());
            put.putNext();
            put.completed();
            put.getResult();
        }
    }

    /**
     * Puts a call with rows, and waits until the server has them, or has done with them what is asked. Where the rows fail the
     * server is told to forget them.
     *
     * @param rows read to the end, not closed
     * @param names under which they travel
     */
    void put(Command command, ArrowReader rows, Schema names) throws IOException {
        // A call that is only forgotten goes on at the server.
        try (Context.CancellableContext call = Context.current().withCancellation()) {
            Context outside = call.attach();
            try {
                send(command, rows, names);
            } finally {
                call.detach(outside);
            }
        }
    }

    private void send(Command command, ArrowReader rows, Schema names) throws IOException {
        // Dictionaries come with the first batch, and go before it.
        boolean more = rows.loadNextBatch();
        VectorSchemaRoot given = rows.getVectorSchemaRoot();
        if (given.getFieldVectors().isEmpty()) {
            throw new InvalidRequestException("The rows given have no columns");
        }
        VectorSchemaRoot renamed = new VectorSchemaRoot(names, given.getFieldVectors(), given.getRowCount());
        AsyncPutListener answer = new AsyncPutListener();
        ClientStreamListener put = client.startPut(command.descriptor(), renamed, (DictionaryProvider) rows, answer);
        try {
            while (more && awaitDemand(put, answer)) {
                renamed.setRowCount(given.getRowCount());
                put.putNext();
                more = rows.loadNextBatch();
            }
        } catch (IOException | RuntimeException | Error e) {
            put.error(CallStatus.CANCELLED
                    .withDescription("The client could not read its rows")
                    .withCause(e)
                    .toRuntimeException());
            throw e;
        }
        put.completed();
        put.getResult();
    }

    /** Whether the server still takes rows, once it takes the next. The library itself would wait in a loop without a pause. */
    private static boolean awaitDemand(ClientStreamListener put, AsyncPutListener answer) {
        while (!put.isReady() && !answer.isCancelled()) {
            LockSupport.parkNanos(LOOK_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw CallStatus.CANCELLED.withDescription("interrupted").toRuntimeException();
            }
        }
        return !answer.isCancelled();
    }

    /** What the server says of the answer to a call that was put. */
    FlightInfo info(Command command) {
        return client.getInfo(command.descriptor());
    }

    /** The answer to a call that was put; the caller closes it. */
    FlightStream get(Command command) {
        return client.getStream(info(command).getEndpoints().getFirst().getTicket());
    }

    /** Ends what still runs on it. */
    @Override
    public void close() {
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
