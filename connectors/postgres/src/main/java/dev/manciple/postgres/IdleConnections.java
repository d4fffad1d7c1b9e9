package dev.manciple.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose retrieval has ended and left nothing behind, for those that come soon after it. A new one costs the server a process,
 * which has to get to know the tables and every page of the shared memory it touches: for a retrieval of a hundred thousand entity rows that
 * is a tenth of all its work. Thread-safe.
 */
final class IdleConnections implements AutoCloseable {
    /** One request soon follows another, such as its description and its plan; a server's processes are not kept from others for longer. */
    private static final Duration KEPT = Duration.ofSeconds(5);

    private final int answerSeconds;
    private final Executor sweeping =
            CompletableFuture.delayedExecutor(KEPT.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread);
    private final ReentrantLock lock = new ReentrantLock();

    /** The one that was kept last is the last. */
    private final Deque<Idle> idle = new ArrayDeque<>();

    private boolean closed;

    /** @param since {@link System#nanoTime} */
    private record Idle(Connection connection, long since) {}

    /** @param answer how long a server may take to say that a connection is still there */
    IdleConnections(Duration answer) {
        this.answerSeconds = Math.clamp(answer.toSeconds(), 1, Integer.MAX_VALUE);
    }

    /** One that is still connected, in a transaction that has not begun to read; the caller closes it or {@link #keep}s it. */
    Optional<Connection> take() {
        for (Idle last = last(); last != null; last = last()) {
            if (isAlive(last.connection())) {
                return Optional.of(last.connection());
            }
            close(last.connection());
        }
        return Optional.empty();
    }

    private @Nullable Idle last() {
        lock.lock();
        try {
            return idle.pollLast();
        } finally {
            lock.unlock();
        }
    }

    private boolean isAlive(Connection connection) {
        try {
            return connection.isValid(answerSeconds);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Takes over a connection whose transaction was undone; once this is closed, only to close it. */
    void keep(Connection connection) {
        if (added(connection)) {
            sweeping.execute(this::closeOld);
        } else {
            close(connection);
        }
    }

    private boolean added(Connection connection) {
        lock.lock();
        try {
            return !closed && idle.add(new Idle(connection, System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    private void closeOld() {
        long now = System.nanoTime();
        List<Idle> old = new ArrayList<>();
        lock.lock();
        try {
            while (!idle.isEmpty() && now - idle.getFirst().since() >= KEPT.toNanos()) {
                old.add(idle.removeFirst());
            }
        } finally {
            lock.unlock();
        }
        old.forEach(each -> close(each.connection()));
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The server ends it by itself.
            return;
        }
    }

    @Override
    public void close() {
        List<Idle> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(idle);
            idle.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(each -> close(each.connection()));
    }
}
