package dev.manciple.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.sql.Sql;
import dev.manciple.tck.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/** Which connections sessions have, and in what state. */
class PostgresSessionsTest {
    private static final Sql PROCESS = Sql.of("SELECT pg_backend_pid()");

    /** Longer than any of these tests takes. */
    private static final Duration KEPT = Duration.ofHours(1);

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private final TestServer server = TestServer.shared();
    private final String schema = server.createSchema();

    @AfterEach
    void nothingIsLeftBehind() {
        server.dropSchema(schema);
        assertThat(allocator.getAllocatedMemory()).isZero();
        allocator.close();
    }

    private Sessions sessions(Map<String, Object> more) {
        return sessions(more, KEPT);
    }

    private Sessions sessions(Map<String, Object> more, Duration kept) {
        Map<String, Object> options = server.options(schema);
        options.putAll(more);
        PostgresOfflineConfig config = new ConfigBinder().bind("test", PostgresOfflineConfig.class, options);
        return new Sessions(new Postgres(config.address(), folder), config, kept);
    }

    private static String only(PostgresSession session, Sql query) {
        return session.rows("ask", query).getFirst().getFirst();
    }

    private static String process(Sessions sessions) {
        try (PostgresSession session = sessions.open()) {
            return only(session, PROCESS);
        }
    }

    private boolean isRunning(String process) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT 1 FROM pg_stat_activity WHERE pid = " + process)) {
            return found.next();
        }
    }

    @Test
    void aConnectionIsUsedAgainAndHasNothingOfWhatWasDoneBefore() {
        try (Sessions sessions = sessions(Map.of())) {
            String process;
            try (PostgresSession first = sessions.open()) {
                process = only(first, PROCESS);
                first.execute(Sql.of("CREATE TEMPORARY TABLE left_behind (a int)"));
                first.execute(Sql.of("SET TIME ZONE 'Asia/Tokyo'"));
                first.execute(Sql.of("SET work_mem = '1MB'"));
                first.execute(Sql.of("SELECT pg_advisory_lock(4711)"));
            }
            try (PostgresSession second = sessions.open()) {
                assertThat(only(second, PROCESS)).isEqualTo(process);
                assertThat(only(second, Sql.of("SELECT coalesce(to_regclass('left_behind')::text, 'none')")))
                        .isEqualTo("none");
                assertThat(
                                only(
                                        second,
                                        Sql.of(
                                                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")))
                        .isEqualTo("0");
                assertThat(only(second, Sql.of("SHOW TIME ZONE"))).isEqualTo("UTC");
                assertThat(only(second, Sql.of("SHOW work_mem"))).isEqualTo("64MB");
                assertThat(only(second, Sql.of("SHOW transaction_isolation"))).isEqualTo("repeatable read");
            }
        }
    }

    @Test
    void eachSeesTheStateOfItsOwnTime() {
        try (Sessions sessions = sessions(Map.of())) {
            server.execute("CREATE TABLE \"%s\".numbers AS SELECT 1 AS n".formatted(schema));
            Sql count = Sql.of("SELECT count(*) FROM numbers");
            String process;
            try (PostgresSession first = sessions.open()) {
                process = only(first, PROCESS);
                assertThat(only(first, count)).isEqualTo("1");
                server.execute("INSERT INTO \"%s\".numbers VALUES (2)".formatted(schema));
                assertThat(only(first, count)).isEqualTo("1");
            }
            try (PostgresSession second = sessions.open()) {
                assertThat(only(second, count)).isEqualTo("2");
                assertThat(only(second, PROCESS)).isEqualTo(process);
            }
        }
    }

    @Test
    void aConnectionThatIsGoneIsReplaced() {
        try (Sessions sessions = sessions(Map.of())) {
            String process = process(sessions);
            assertThat(process(sessions)).isEqualTo(process);
            server.execute("SELECT pg_terminate_backend(%s, 10000)".formatted(process));
            assertThat(process(sessions)).isNotEqualTo(process);
        }
    }

    @Test
    void whatFailedWasStoppedOrIsToStayLeavesNoConnection() throws IOException {
        try (Sessions sessions = sessions(Map.of("max_conn", 1))) {
            String failed;
            try (PostgresSession session = sessions.open()) {
                failed = only(session, PROCESS);
                assertThatThrownBy(() -> session.execute(Sql.of("SELECT 1 / 0")))
                        .isInstanceOf(InvalidRequestException.class);
            }
            String stopped;
            try (PostgresSession session = sessions.open()) {
                stopped = only(session, PROCESS);
                try (ArrowReader rows =
                        session.query(Sql.of("SELECT * FROM generate_series(1, 1000000) AS numbers (n)"), allocator)) {
                    assertThat(rows).isNotNull();
                }
            }
            String stayed;
            try (PostgresSession session = sessions.open()) {
                stayed = only(session, PROCESS);
                session.commit("change nothing");
            }
            assertThat(List.of(failed, stopped, stayed, process(sessions))).doesNotHaveDuplicates();
        }
    }

    @Test
    void aSecondCloseDoesNotEndWhoHasTheConnectionNow() {
        try (Sessions sessions = sessions(Map.of())) {
            PostgresSession first = sessions.open();
            String process = only(first, PROCESS);
            first.close();
            try (PostgresSession second = sessions.open()) {
                assertThat(only(second, PROCESS)).isEqualTo(process);
                second.execute(Sql.of("CREATE TEMPORARY TABLE mine (a int)"));
                first.close();
                assertThat(only(second, Sql.of("SELECT count(*) FROM mine"))).isEqualTo("0");
            }
        }
    }

    @Test
    void connectionsNobodyUsesAreClosed() throws Exception {
        try (Sessions sessions = sessions(Map.of(), Duration.ofMillis(10))) {
            String process = process(sessions);
            Await.until("the server has ended the process of a connection nobody uses", () -> !isRunning(process));
        }
    }

    @Test
    void noConnectionOutlivesTheStore() throws Exception {
        String idle;
        String open;
        PostgresSession session;
        try (Sessions sessions = sessions(Map.of())) {
            session = sessions.open();
            open = only(session, PROCESS);
            idle = process(sessions);
            assertThat(idle).isNotEqualTo(open);
        }
        session.close();
        Await.until(
                "the server has ended the processes of the store's connections",
                () -> !isRunning(idle) && !isRunning(open));
    }

    @Test
    void whoGoesOnAfterAStopIsToldOfIt() throws SQLException {
        AtomicBoolean told = new AtomicBoolean();
        try (Interrupts interrupts = new Interrupts();
                Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            Thread.currentThread().interrupt();
            boolean stopped;
            try {
                stopped = interrupts.during(
                        connection.unwrap(PGConnection.class), () -> isStopped(statement), () -> told.set(true));
            } finally {
                Thread.interrupted();
            }
            assertThat(stopped).isTrue();
            assertThat(told).isTrue();
        }
    }

    private static boolean isStopped(Statement statement) {
        try {
            statement.execute("SELECT pg_sleep(60)");
            return false;
        } catch (SQLException e) {
            return true;
        }
    }
}
