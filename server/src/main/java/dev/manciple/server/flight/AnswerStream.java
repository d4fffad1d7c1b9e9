package dev.manciple.server.flight;

import dev.manciple.error.StoreException;
import dev.manciple.spi.internal.Counted;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/**
 * Sends an answer as fast as its client takes it, a batch at a time, so that memory holds no more of it. A client that goes, or
 * takes nothing for too long, ends the work of the engine.
 */
final class AnswerStream {
    private final ServerStreamListener client;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Thread worker;

    /** Is to be made before the call that asks returns, so that a client that goes at once is noticed. */
    AnswerStream(ServerStreamListener client, Duration patience) {
        this.client = client;
        this.patience = patience;
        client.setOnReadyHandler(this::wake);
        client.setOnCancelHandler(this::cancel);
    }

    /**
     * Runs a call in this thread and sends its rows, or the reason why there are none. Never throws.
     *
     * @param answer plans the call
     * @param sent told of the rows of each batch that the client took
     * @return how it ended
     */
    FlightStatusCode send(Supplier<Answer> answer, BufferAllocator allocator, LongConsumer sent) {
        try {
            begin();
            Answer planned = answer.get();
            try (ArrowReader rows = planned.open().apply(allocator)) {
                send(rows, planned.types(), sent);
            } finally {
                end();
            }
            client.completed();
            return client.isCancelled() ? FlightStatusCode.CANCELLED : FlightStatusCode.OK;
        } catch (IOException e) {
            return fail(new StoreException(
                    "The offline store", "read the next rows", false, StoreException.Outcome.NOT_APPLIED, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fail(FlightErrors.timedOut("The server stops"));
        } catch (RuntimeException e) {
            return fail(e);
        }
    }

    private void send(ArrowReader rows, PandasTypes types, LongConsumer sent) throws IOException, InterruptedException {
        // Dictionaries, which precede everything else, come with the first batch.
        boolean more = rows.loadNextBatch();
        VectorSchemaRoot read = rows.getVectorSchemaRoot();
        VectorSchemaRoot told =
                new VectorSchemaRoot(types.notedIn(read.getSchema()), read.getFieldVectors(), read.getRowCount());
        client.start(told, rows);
        while (more && awaitDemand()) {
            told.setRowCount(read.getRowCount());
            client.putNext();
            sent.accept(read.getRowCount());
            more = rows.loadNextBatch();
        }
    }

    private FlightStatusCode fail(RuntimeException failure) {
        if (client.isCancelled()) {
            return FlightStatusCode.CANCELLED;
        }
        FlightRuntimeException told = FlightErrors.of(failure);
        client.error(told);
        return told.status().code();
    }

    /** Whether the client is there still, once it takes more. */
    private boolean awaitDemand() throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!client.isReady() && !client.isCancelled()) {
                if (left <= 0) {
                    throw FlightErrors.timedOut(
                            "Nobody took the next rows for " + Counted.of(patience.toSeconds(), "second"));
                }
                left = changed.awaitNanos(left);
            }
            return !client.isCancelled();
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Engines end their work when the thread that waits for it is interrupted. */
    private void cancel() {
        lock.lock();
        try {
            if (worker != null) {
                worker.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin() throws InterruptedException {
        lock.lock();
        try {
            if (client.isCancelled()) {
                throw new InterruptedException();
            }
            worker = Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            worker = null;
        } finally {
            lock.unlock();
        }
    }
}
