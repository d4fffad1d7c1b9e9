package dev.manciple.postgres;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import dev.manciple.sql.Sql;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One query begun by two sessions at once. Each has to be waited for until the server has its first rows, by when it has done most of
 * the work if they come in order.
 */
final class SideBySide {
    private SideBySide() {}

    /** The rows of both. Where either fails, or this thread is interrupted, neither goes on. */
    static List<CopyStream> begin(Sql command, PostgresSession first, PostgresSession second) {
        Beginning other = Beginning.of(command, second);
        CopyStream begun;
        try {
            begun = first.stream(command);
        } catch (RuntimeException | Error e) {
            other.stop();
            throw e;
        }
        try {
            return List.of(begun, other.await());
        } catch (RuntimeException | Error e) {
            begun.cancel();
            throw e;
        }
    }

    /** What the other thread does. */
    private record Beginning(FutureTask<CopyStream> task, Thread thread) {
        /** Not on a virtual thread: an interrupt would close its connection under the query, rather than end the query. */
        static Beginning of(Sql command, PostgresSession session) {
            FutureTask<CopyStream> task = new FutureTask<>(() -> session.stream(command));
            return new Beginning(
                    task,
                    Thread.ofPlatform().daemon().name("postgres-second-part").start(task));
        }

        /** An interrupt is passed on, which makes the other thread fail. */
        CopyStream await() {
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        return task.get();
                    } catch (InterruptedException e) {
                        interrupted = true;
                        thread.interrupt();
                    }
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof FeatureStoreException failed
                        ? failed
                        : new InternalException("A part of a query failed", e);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        void stop() {
            thread.interrupt();
            try {
                await().cancel();
            } catch (FeatureStoreException stopped) {
                // As it was told to, or because it failed too, after what is thrown.
                return;
            }
        }
    }
}
