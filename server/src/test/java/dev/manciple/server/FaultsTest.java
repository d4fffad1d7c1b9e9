package dev.manciple.server;

import static dev.manciple.server.SmallServer.FACTOR;
import static dev.manciple.server.SmallServer.PLACES;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.MessageLite;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.tck.Await;
import dev.manciple.wire.OnlineStoreCodec;
import dev.manciple.wire.proto.OnlineStoreProto.Columns;
import dev.manciple.wire.proto.OnlineStoreProto.ScanRequest;
import dev.manciple.wire.proto.OnlineStoreProto.WriteRequest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Callers that do harm, on purpose or not. */
class FaultsTest {
    private static final String READ =
            "{\"entities\": {\"driver_id\": [1001]}, \"features\": [\"driver_stats:trips\"]}";

    /** More than a run holds by chance, and less than the buffers of ten thousand clients. */
    private static final long MOST_HELD_BYTES = 64 << 20;

    @TempDir
    Path folder;

    private SmallServer small;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        small = SmallServer.start(folder);
        http = Http.of(small.server());
    }

    @AfterEach
    void stop() {
        small.close();
    }

    private Socket send(String bytes) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), small.server().port());
        // A test that waits for ever tells nothing.
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }

    private static String head(String route, int length) {
        return "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(route, length);
    }

    private void awaitNobody() throws Exception {
        awaitRunning(0);
    }

    private void awaitRunning(int requests) throws Exception {
        String line = "manciple_requests_running{server=\"online\"} %d.0".formatted(requests);
        Await.until(line, () -> http.get("/metrics").body(), metrics -> metrics.contains(line));
    }

    @Test
    void clientsThatGoHalfWayLeaveNothingBehind() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.manciple.server");
        logger.addAppender(log);
        String push = """
                {"push_source_name": "stats_push", "to": "online", "df": {"driver_id": [9], "trips": [1],
                 "event_timestamp": ["2024-06-01"]}}
                """;
        goHalfWay(100, push);
        long before = heldBytes();
        goHalfWay(100 * FACTOR, push);
        awaitNobody();
        assertThat(heldBytes() - before).as("memory").isLessThan(MOST_HELD_BYTES);

        HttpResponse<String> answer = http.post("/get-online-features", READ);
        assertThat(answer.statusCode()).isEqualTo(200);
        logger.detachAppender(log);
        assertThat(log.list).as("who goes away is no news for operators").isEmpty();
    }

    /** Each round within the head, within the body, and twice before the answer. */
    private void goHalfWay(int rounds, String push) throws IOException {
        for (int round = 0; round < rounds; round++) {
            send("POST /push HTTP/1.1\r\nHost:").close();
            send(head("/push", push.length()) + push.substring(0, push.length() / 2))
                    .close();
            send(head("/push", push.length()) + push).close();
            send(head("/get-online-features", READ.length()) + READ).close();
        }
    }

    /** What is left of the heap's use after nobody asked for anything. */
    private long heldBytes() throws Exception {
        awaitNobody();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET                                                                    | 400 | Bad Request
            GET /health HTTP/1.1                                                   | 400 | Host header
            GET /health HTTP/1.1\\r\\nHost: x\\r\\nBad Header                      | 400 | Inv
            GET /%zz HTTP/1.1\\r\\nHost: x                                         | 400 | Bad Request
            POST /push HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: abc             | 400 | Con
            POST /push HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: gzip, chunked | 501 | Not Implemented
            """)
    @Timeout(60)
    void whatIsNoRequestIsRefusedInJson(String head, int status, String why) throws Exception {
        try (Socket socket = send(head.replace("\\r\\n", "\r\n") + "\r\n\r\n")) {
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 " + status)
                    .contains("\r\n\r\n{\"detail\":\"" + why);
        }
    }

    @Test
    @Timeout(60)
    void whoDoesNotSendWhatIsNotReadLosesTheConnection() throws Exception {
        // Ends where the server hangs up.
        try (Socket large = send(head("/push", 2 << 20) + "{")) {
            assertThat(new String(large.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 413");
        }
        List<Socket> busy = new ArrayList<>();
        try {
            for (int place = 0; place < PLACES; place++) {
                busy.add(send(head("/get-online-features", READ.length()) + "{"));
            }
            awaitRunning(PLACES);
            try (Socket turnedAway = send(head("/push", 1000) + "{")) {
                assertThat(new String(turnedAway.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 429");
            }
        } finally {
            for (Socket socket : busy) {
                socket.close();
            }
        }
    }

    @Test
    @Timeout(60)
    void callersWhoSendSlowlyKeepNobodyOutAndLoseTheConnection() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int caller = 0; caller < 50; caller++) {
                // A head that never ends takes no place.
                slow.add(send("POST /get-online-features HTTP/1.1\r\nHost: x\r\nX-Slow: "));
            }
            slow.add(send(""));
            slow.add(send("POST /get-onl"));
            assertThat(http.post("/get-online-features", READ).statusCode()).isEqualTo(200);
            // Ends where the server hangs up.
            for (Socket socket : slow) {
                assertThat(socket.getInputStream().readAllBytes()).isEmpty();
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    @Timeout(60)
    void aHeadThatComesByteByByteComesToAnEnd() throws Exception {
        try (Socket slow = send("POST /get-online-features HTTP/1.1\r\nHost: x\r\nX-Slow: ")) {
            Await.until("the server hung up", () -> {
                try {
                    slow.getOutputStream().write('x');
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
        }
    }

    @Test
    void connectionsThatStayAskAgain() throws Exception {
        try (Socket patient = send(head("/get-online-features", READ.length()) + READ)) {
            InputStream answers = patient.getInputStream();
            String first = readAnswer(answers);
            patient.getOutputStream()
                    .write((head("/get-online-features", READ.length()) + READ).getBytes(StandardCharsets.US_ASCII));
            assertThat(readAnswer(answers)).isEqualTo(first).contains("\"statuses\"");
        }
    }

    private static String readAnswer(InputStream answers) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) answers.read());
        }
        Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(answer);
        assertThat(length.find()).isTrue();
        return new String(answers.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8);
    }

    /** More of an answer than the buffers between two processes hold. */
    @Test
    @Timeout(60)
    void whoDoesNotTakeWhatItAskedForLosesItsPlace() throws Exception {
        FeatureView view = (FeatureView)
                Objects.requireNonNull(small.store().registry().views().get("driver_stats"));
        String name = "x".repeat(10_000);
        for (int batch = 0; batch < 50; batch++) {
            int first = batch * 100;
            small.store()
                    .onlineStore()
                    .write(
                            view,
                            IntStream.range(first, first + 100)
                                    .mapToObj(driver -> row(driver, name))
                                    .toList());
        }
        byte[] body = ScanRequest.newBuilder()
                .setColumns(OnlineStoreCodec.columns(view, view.features()))
                .build()
                .toByteArray();
        try (Socket silent = send(head("/manciple/online-store/rides/scan", body.length))) {
            silent.getOutputStream().write(body);
            assertThat(new String(silent.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
            awaitRunning(1);
            awaitNobody();
        }
    }

    @Test
    void whatTheOnlineStoreSaysIsLoggedWithoutValues() throws Exception {
        FeatureView view = (FeatureView)
                Objects.requireNonNull(small.store().registry().views().get("driver_stats"));
        String secret = "4711-secret";
        small.store()
                .onlineStore()
                .write(
                        view,
                        IntStream.range(0, 900)
                                .mapToObj(driver -> row(driver, "x"))
                                .toList());
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("online.db"));
                Statement statement = database.createStatement()) {
            statement.execute(
                    "UPDATE rides_driver_stats SET entity_key = CAST('%s' AS BLOB) WHERE rowid = (SELECT max(rowid) FROM rides_driver_stats)"
                            .formatted(secret));
            statement.execute(
                    "CREATE TRIGGER full BEFORE INSERT ON rides_driver_stats BEGIN SELECT RAISE(ABORT, '%s'); END"
                            .formatted(secret));
        }
        Columns columns = OnlineStoreCodec.columns(view, view.features());
        try (Logged log = new Logged()) {
            String asText = HexFormat.of().formatHex(secret.getBytes(StandardCharsets.US_ASCII));
            assertThat(ask("scan", ScanRequest.newBuilder().setColumns(columns).build()))
                    .as("what the caller is told")
                    .contains(asText);
            assertThat(log.lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("scan of feature view 'driver_stats'", "level DEBUG")
                            .doesNotContain(secret, asText));
        }
        try (Logged log = new Logged()) {
            ask(
                    "write",
                    WriteRequest.newBuilder()
                            .setColumns(columns)
                            .addRows(OnlineStoreCodec.encode(row(1, "x"), view.entityColumns(), view.features()))
                            .build());
            assertThat(log.lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("write of feature view 'driver_stats'", "SQLite", "level DEBUG")
                            .doesNotContain(secret));
        }
    }

    /** Asks the online store itself, and reads all of the answer. */
    private String ask(String route, MessageLite message) throws IOException {
        byte[] body = message.toByteArray();
        try (Socket socket = send(head("/manciple/online-store/rides/" + route, body.length))) {
            socket.getOutputStream().write(body);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static OnlineRow row(long driver, String name) {
        return new OnlineRow(
                new EntityKey(List.of("driver_id"), List.of(new Value.Int(driver))),
                List.of(new Value.Real(0.5), new Value.Int(1), new Value.Text(name)),
                Instant.parse("2024-06-01T00:00:00Z"),
                Optional.empty());
    }

    @Test
    void fiveTimesAsManyCallersAsPlacesAreAllAnswered() throws Exception {
        List<CompletableFuture<List<Integer>>> callers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < 5 * PLACES; caller++) {
                callers.add(CompletableFuture.supplyAsync(() -> statuses(50 * FACTOR), threads));
            }
            List<Integer> all =
                    callers.stream().flatMap(caller -> caller.join().stream()).toList();

            assertThat(all).hasSize(5 * PLACES * 50 * FACTOR).contains(200).isSubsetOf(200, 429);
        }
        awaitNobody();
        assertThat(http.post("/get-online-features", READ).statusCode()).isEqualTo(200);
    }

    private List<Integer> statuses(int requests) {
        List<Integer> statuses = new ArrayList<>();
        try {
            for (int request = 0; request < requests; request++) {
                statuses.add(http.post("/get-online-features", READ).statusCode());
            }
        } catch (IOException e) {
            statuses.add(-1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return statuses;
    }

    @Test
    void whoIsTurnedAwayIsToldWhenToComeBack() throws Exception {
        List<Socket> busy = new ArrayList<>();
        try {
            HttpResponse<String> turnedAway = Await.until(
                    "all places are taken",
                    () -> {
                        // One that comes while this thread has the last place is turned away itself, and another has to
                        // take it.
                        busy.add(send(head("/get-online-features", READ.length()) + "{"));
                        return http.post("/get-online-features", READ);
                    },
                    answer -> answer.statusCode() != 200);
            assertThat(turnedAway.statusCode()).isEqualTo(429);
            assertThat(turnedAway.headers().firstValue("retry-after")).contains("1");
        } finally {
            for (Socket socket : busy) {
                socket.close();
            }
        }
    }

    /** Callers who come back when they are told to cost the others little. */
    @Test
    @EnabledIfSystemProperty(
            named = "soak.seconds",
            matches = "\\d+",
            disabledReason = "takes long: ./manciple-soak serving")
    void underFiveTimesTheLoadAsMuchIsAnsweredAsUnderThePeak() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("soak.seconds"));
        answeredWithin(time.dividedBy(2), PLACES);
        long peak = answeredWithin(time, PLACES);
        long overload = answeredWithin(time, 5 * PLACES);
        assertThat(overload).as("answered under overload; at the peak %d", peak).isGreaterThan(peak * 9 / 10);
    }

    /** How many requests callers get answered who wait as long as they are told to. */
    private long answeredWithin(Duration time, int callers) {
        long end = System.nanoTime() + time.toNanos();
        LongAdder answered = new LongAdder();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture.allOf(IntStream.range(0, callers)
                            .mapToObj(caller -> CompletableFuture.runAsync(() -> ask(end, answered), threads))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
        }
        return answered.sum();
    }

    private void ask(long end, LongAdder answered) {
        while (System.nanoTime() < end) {
            if (statuses(1).equals(List.of(200))) {
                answered.increment();
            } else {
                LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            }
        }
    }
}
