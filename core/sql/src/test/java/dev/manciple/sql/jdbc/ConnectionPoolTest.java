package dev.manciple.sql.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database in a file, which is gone where its folder is; servers that die are in the tests of the stores that have one. */
@Timeout(60)
class ConnectionPoolTest {
    /** More than the first connection takes, and little enough to be waited for. */
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final AtomicInteger probes = new AtomicInteger();

    @TempDir
    Path folder;

    @Test
    void asksOnceAndUsesConnectionsAgain() throws SQLException {
        try (ConnectionPool pool = pool(folder)) {
            assertThat(probes).hasValue(0);
            for (int i = 0; i < 3; i++) {
                assertAnswers(pool);
            }
            assertThat(probes).hasValue(1);
        }
    }

    @Test
    void saysThatOthersUseAllConnections() throws SQLException {
        try (ConnectionPool pool = pool(folder)) {
            try (Connection only = pool.borrow(Duration.ZERO)) {
                assertThat(only.isClosed()).isFalse();
                assertThatThrownBy(() -> pool.borrow(Duration.ZERO))
                        .isInstanceOfSatisfying(
                                SQLTransientConnectionException.class,
                                busy -> assertThat(busy.getSQLState()).isEqualTo(ConnectionPool.ALL_IN_USE))
                        .hasMessage("all 1 connections were in use for 3000 ms");
            }
            assertAnswers(pool);
            assertThat(probes).as("a server that is busy is not asked anew").hasValue(1);
        }
    }

    @Test
    void saysWhyThereIsNoConnectionAndIsBackAtOnce() throws Exception {
        Path later = folder.resolve("later");
        try (ConnectionPool pool = pool(later)) {
            assertThatThrownBy(() -> pool.borrow(Duration.ZERO))
                    .hasMessageContaining("Unable to open the database file");
            Files.createDirectory(later);
            assertAnswers(pool);
            assertThat(probes).as("asked without a pool that looked in vain").hasValueGreaterThan(1);
        }
    }

    @Test
    void anInterruptStopsTheWorkAndKeepsTheConnection() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        try (ConnectionPool pool = pool(folder, waiting -> told.countDown())) {
            String done = interrupted(
                    begun,
                    () -> pool.lend(Duration.ZERO, connection -> {
                        begun.countDown();
                        return await(told) ? "as good as done" : "never told";
                    }));
            assertThat(done).isEqualTo("as good as done");
            assertAnswers(pool);
            assertThat(probes).hasValue(1);
        }
    }

    @Test
    void aTransactionThatGoesOnIsUncertain() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (ConnectionPool pool = pool(folder, waiting -> {})) {
            ConnectionPool.UncertainException failure = interrupted(
                    begun,
                    () -> catchThrowableOfType(
                            ConnectionPool.UncertainException.class,
                            () -> pool.transact(Duration.ZERO, connection -> {
                                begun.countDown();
                                return await(over);
                            })));
            assertThat(failure.reason().getMessage()).contains("the server did not end what it was at");
            over.countDown();
        }
    }

    @Test
    void workThatGoesOnIsAbandoned() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (ConnectionPool pool = pool(folder, waiting -> {})) {
            Throwable failure = interrupted(
                    begun,
                    () -> catchThrowableOfType(
                            ConnectionPool.AbandonedException.class,
                            () -> pool.lend(Duration.ZERO, connection -> {
                                begun.countDown();
                                return await(over);
                            })));
            assertThat(failure).hasMessageContaining("the server did not end what it was at");
            over.countDown();
            assertAnswers(pool);
        }
    }

    @Test
    void whoWaitsForAConnectionIsLetGoAndDoesNothingLater() throws Exception {
        AtomicBoolean worked = new AtomicBoolean();
        AtomicInteger told = new AtomicInteger();
        try (ConnectionPool pool = pool(folder, waiting -> told.incrementAndGet())) {
            try (Connection only = pool.borrow(Duration.ZERO)) {
                assertThat(only.isClosed()).isFalse();
                FutureTask<Throwable> call = new FutureTask<>(() -> catchThrowableOfType(
                        SQLTransientConnectionException.class,
                        () -> pool.lend(Duration.ZERO, connection -> worked.getAndSet(true))));
                Thread caller = Thread.startVirtualThread(call);
                caller.interrupt();
                assertThat(call.get()).hasMessage("it was interrupted before it began");
            }
            assertAnswers(pool);
            assertAnswers(pool);
            assertThat(worked).isFalse();
            assertThat(told).hasValue(0);
        }
    }

    @Test
    void aTransactionCountsAsAWholeOrNotAtAll() throws SQLException {
        try (ConnectionPool pool = pool(folder)) {
            pool.transact(Duration.ZERO, connection -> executed(connection, "CREATE TABLE t (a INTEGER)"));
            pool.transact(Duration.ZERO, connection -> executed(connection, "INSERT INTO t VALUES (1)"));
            assertThatThrownBy(() -> pool.transact(
                            Duration.ZERO,
                            connection ->
                                    executed(connection, "INSERT INTO t VALUES (2)", "INSERT INTO nowhere VALUES (3)")))
                    .isNotInstanceOf(ConnectionPool.UncertainException.class)
                    .hasMessageContaining("nowhere");
            int sum = pool.lend(Duration.ZERO, connection -> number(connection, "SELECT sum(a) FROM t"));
            assertThat(sum).isEqualTo(1);
        }
    }

    @Test
    void aTransactionThatFailsAtItsEndIsUncertain() throws SQLException {
        try (ConnectionPool pool = pool(folder)) {
            pool.lend(
                    Duration.ZERO,
                    connection -> executed(
                            connection,
                            "PRAGMA foreign_keys = ON",
                            "CREATE TABLE t (a INTEGER PRIMARY KEY, b REFERENCES t DEFERRABLE INITIALLY DEFERRED)"));
            ConnectionPool.UncertainException failure = catchThrowableOfType(
                    ConnectionPool.UncertainException.class,
                    () -> pool.transact(
                            Duration.ZERO, connection -> executed(connection, "INSERT INTO t VALUES (1, 2)")));
            assertThat(failure.reason().getMessage()).contains("FOREIGN KEY");
        }
    }

    private static boolean executed(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            return true;
        }
    }

    /** What a call returns whose thread is interrupted once it has begun. */
    private static <T> T interrupted(CountDownLatch begun, Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        Thread caller = Thread.startVirtualThread(task);
        begun.await();
        caller.interrupt();
        return task.get();
    }

    private static boolean await(CountDownLatch latch) throws SQLException {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new SQLException(e);
        }
    }

    @Test
    void isOfNoUseOnceClosed() throws SQLException {
        ConnectionPool pool = pool(folder);
        assertAnswers(pool);
        pool.close();
        pool.close();
        assertThatThrownBy(() -> pool.borrow(Duration.ZERO)).hasMessage("the store is closed");
    }

    private ConnectionPool pool(Path in) {
        return pool(in, waiting -> {});
    }

    private ConnectionPool pool(Path in, ConnectionPool.Stop stop) {
        HikariConfig settings = new HikariConfig();
        settings.setJdbcUrl("jdbc:sqlite:" + in.resolve("x.db"));
        settings.setMaximumPoolSize(1);
        return new ConnectionPool(settings, probes::incrementAndGet, stop, LIMIT);
    }

    private static void assertAnswers(ConnectionPool pool) throws SQLException {
        try (Connection connection = pool.borrow(Duration.ZERO)) {
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
        }
    }

    private static int number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.getInt(1);
        }
    }
}
