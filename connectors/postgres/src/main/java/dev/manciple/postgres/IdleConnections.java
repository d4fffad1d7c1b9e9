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
    private final int answerSeconds;
    private final Duration kept;
    private final Executor sweeping;
    private final ReentrantLock lock = new ReentrantLock();

    /** The one that was kept last is the last. */
    private final Deque<Idle> idle = new ArrayDeque<>();

    private boolean closed;

    /** @param since {@link System#nanoTime} */
    private record Idle(Connection connection, long since) {}

    /**
     * @param answer how long a server may take to say that a connection is still there
     * @param kept how long a connection is kept that nobody takes
     */
    IdleConnections(Duration answer, Duration kept) {
        this.answerSeconds = Math.clamp(answer.toSeconds(), 1, Integer.MAX_VALUE);
        this.kept = kept;
        this.sweeping =
                CompletableFuture.delayedExecutor(kept.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread);
    }

    /** One that is still connected, in a transaction that has not begun to read; the caller closes it or {@link #keep}s it. */
    Optional<Connection> take() {
        Idle last = last();
        if (last == null) {
            return Optional.empty();
        }
        if (isAlive(last.connection())) {
            return Optional.of(last.connection());
        }
        close(last.connection());
        // What ended it ended the others too, and each may take as long to say so.
        empty().forEach(IdleConnections::close);
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
            while (!idle.isEmpty() && now - idle.getFirst().since() >= kept.toNanos()) {
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

    private List<Connection> empty() {
        lock.lock();
        try {
            return removeAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whoever calls this holds the lock. */
    private List<Connection> removeAll() {
        List<Connection> all = idle.stream().map(Idle::connection).toList();
        idle.clear();
        return all;
    }

    @Override
    public void close() {
        List<Connection> last;
        lock.lock();
        try {
            closed = true;
            last = removeAll();
        } finally {
            lock.unlock();
        }
        last.forEach(IdleConnections::close);
    }
}
