package dev.manciple.remote.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import dev.manciple.error.AccessException;
import dev.manciple.error.ConflictException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.Credentials;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.wire.OnlineStoreCodec;
import dev.manciple.wire.proto.OnlineStoreProto.Description;
import dev.manciple.wire.proto.OnlineStoreProto.ScanPart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are not there, that stop half-way, that refuse, or whose answers are none. */
@Timeout(60)
class RemoteOnlineFaultsTest {
    private static final String ANSWER = """
            {"results": [{"values": [1], "statuses": ["PRESENT"], "event_timestamps": ["1970-01-01T00:00:00Z"]},
                         {"values": [7], "statuses": ["PRESENT"], "event_timestamps": ["2025-06-01T12:00:00Z"]},
                         {"values": [0.5], "statuses": ["PRESENT"], "event_timestamps": ["2025-06-01T12:00:00Z"]}],
             "metadata": {"feature_names": ["driver_id", "drivers__trips", "drivers__rate"]}}
            """;

    @TempDir
    Path folder;

    private OnlineStore store(int port) {
        return store(port, Map.of("connection_retries", 0));
    }

    private OnlineStore store(int port, Map<String, Object> options) {
        return new RemoteOnlineStoreFactory().create(Configs.of(port, options), new TestContext(folder));
    }

    private static List<Lookup> read(OnlineStore store) {
        return store.read(List.of(Drivers.read(1))).getFirst().lookups();
    }

    private static void write(OnlineStore store) {
        store.write(Drivers.VIEW, List.of(Drivers.row(1, Drivers.NOON, new Value.Int(7), new Value.Real(0.5))));
    }

    private static final Lookup FOUND = new Lookup.Found(List.of(new Value.Int(7), new Value.Real(0.5)), Drivers.NOON);

    @Test
    void thatAreNotThereAreNamed() throws IOException {
        int port;
        try (FakeServer gone = FakeServer.start(exchange -> FakeServer.answer(exchange, 200, ANSWER))) {
            port = gone.port();
        }
        try (OnlineStore store = store(port, Map.of("connection_retries", 1))) {
            assertThatThrownBy(() -> write(store)).isInstanceOfSatisfying(StoreException.class, failure -> {
                assertThat(failure)
                        .hasMessageContaining("http://127.0.0.1:" + port)
                        .hasMessageContaining("nobody answers there");
                assertThat(failure.retryable()).isTrue();
                assertThat(failure.outcome()).isEqualTo(StoreException.Outcome.NOT_APPLIED);
            });
        }
    }

    @Test
    void thatStopHalfWayThroughAnAnswerFailTheCall() throws IOException {
        try (FakeServer server = FakeServer.start(RemoteOnlineFaultsTest::halfAnAnswer);
                OnlineStore store = store(server.port())) {
            StoreException read = catchThrowableOfType(StoreException.class, () -> read(store));
            StoreException write = catchThrowableOfType(StoreException.class, () -> write(store));

            assertThat(read).hasMessageContaining("POST /get-online-features: the connection broke");
            assertThat(read.retryable()).isTrue();
            assertThat(read.outcome()).isEqualTo(StoreException.Outcome.NOT_APPLIED);
            assertThat(write.outcome())
                    .as("of a write the server may have made")
                    .isEqualTo(StoreException.Outcome.MAYBE);
        }
    }

    private static void halfAnAnswer(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, ANSWER.length());
        exchange.getResponseBody().write(ANSWER.substring(0, 50).getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        exchange.close();
    }

    @Test
    void whatBrokeIsAskedAgain() throws IOException {
        AtomicInteger count = new AtomicInteger();
        try (FakeServer server = FakeServer.start(exchange -> {
                    if (count.incrementAndGet() == 1) {
                        halfAnAnswer(exchange);
                    } else {
                        FakeServer.answer(exchange, 200, ANSWER);
                    }
                });
                OnlineStore store = store(server.port(), Map.of("connection_retries", 1))) {
            assertThat(read(store)).containsExactly(FOUND);
        }
        assertThat(count).hasValue(2);
    }

    @Test
    void thatAreTooSlowAreNotWaitedFor() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (FakeServer server = FakeServer.start(exchange -> {
                    await(over);
                    FakeServer.answer(exchange, 200, ANSWER);
                });
                OnlineStore store = store(server.port(), Map.of("timeout", "100ms"))) {
            assertThatThrownBy(() -> read(store)).isInstanceOfSatisfying(StoreException.class, failure -> {
                assertThat(failure).hasMessageContaining("there was no answer within 100 ms");
                assertThat(failure.retryable()).isTrue();
            });
            over.countDown();
        }
    }

    /** The head comes at once, and then nothing. */
    @Test
    void thatStallWithinAnAnswerAreNotWaitedFor() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (FakeServer server = FakeServer.start(exchange -> {
                    exchange.sendResponseHeaders(200, ANSWER.length());
                    exchange.getResponseBody().flush();
                    await(over);
                    exchange.close();
                });
                OnlineStore store = store(server.port(), Map.of("timeout", "100ms"))) {
            assertThatThrownBy(() -> read(store))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("there was no answer within 100 ms");
            over.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aCallThatIsInterruptedEnds() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (FakeServer server = FakeServer.start(exchange -> {
                    asked.countDown();
                    await(over);
                    exchange.close();
                });
                OnlineStore store = store(server.port())) {
            StoreException[] failure = new StoreException[1];
            Thread caller = Thread.ofVirtual()
                    .start(() -> failure[0] = catchThrowableOfType(StoreException.class, () -> read(store)));
            asked.await();
            caller.interrupt();
            caller.join();
            assertThat(failure[0]).hasMessageContaining("interrupted");
            over.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void thatHaveNoTimeAreAskedAgain(int status) throws IOException {
        AtomicInteger count = new AtomicInteger();
        try (FakeServer server = FakeServer.start(
                        exchange -> FakeServer.answer(exchange, count.incrementAndGet() == 1 ? status : 200, ANSWER));
                OnlineStore store = store(server.port(), Map.of("connection_retries", 1))) {
            assertThat(read(store)).containsExactly(FOUND);
        }
        assertThat(count).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void thatHaveNoTimeAtAllMayBeTriedLater(int status) throws IOException {
        try (FakeServer server = FakeServer.start(exchange -> FakeServer.answer(
                        exchange,
                        status,
                        "\"{\\\"class\\\": \\\"FeastError\\\", \\\"message\\\": \\\"redis is down\\\"}\""));
                OnlineStore store = store(server.port())) {
            assertThatThrownBy(() -> read(store)).isInstanceOfSatisfying(StoreException.class, failure -> {
                assertThat(failure)
                        .hasMessageContaining("http://127.0.0.1:" + server.port())
                        .hasMessageContaining(
                                "POST /get-online-features was answered %d: redis is down".formatted(status));
                assertThat(failure.retryable()).isTrue();
            });
            StoreException write = catchThrowableOfType(StoreException.class, () -> write(store));
            assertThat(write.outcome())
                    .isEqualTo(status == 429 ? StoreException.Outcome.NOT_APPLIED : StoreException.Outcome.MAYBE);
        }
    }

    @Test
    void mistakesOfTheCallerAreNotAskedAgain() throws IOException {
        String notFound =
                "\"{\\\"module\\\": \\\"feast.errors\\\", \\\"class\\\": \\\"FeatureViewNotFoundException\\\", \\\"message\\\": \\\"Feature view drivers does not exist in project demo\\\"}\"";
        try (FakeServer server = FakeServer.start(exchange -> FakeServer.answer(exchange, 404, notFound));
                OnlineStore store = store(server.port(), Map.of("connection_retries", 3))) {
            assertThatThrownBy(() -> read(store))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("answered 404: Feature view drivers does not exist in project demo")
                    .hasMessageNotContaining("feast.errors");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void whatTheirFrameworkDislikesIsTold() throws IOException {
        try (FakeServer server = FakeServer.start(exchange -> FakeServer.answer(
                        exchange, 422, "{\"detail\": [{\"loc\": [\"body\", \"df\"], \"msg\": \"Field required\"}]}"));
                OnlineStore store = store(server.port())) {
            assertThatThrownBy(() -> write(store))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("POST /write-to-online-store was answered 422: body.df: Field required");
        }
    }

    @Test
    void failuresOfTheirOwnAreNotAskedAgain() throws IOException {
        try (FakeServer server =
                        FakeServer.start(exchange -> FakeServer.answer(exchange, 500, "\"division by zero\""));
                OnlineStore store = store(server.port(), Map.of("connection_retries", 3))) {
            assertThatThrownBy(() -> read(store)).isInstanceOfSatisfying(StoreException.class, failure -> {
                assertThat(failure).hasMessageContaining("answered 500: division by zero");
                assertThat(failure.retryable()).isFalse();
            });
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void conflictsAreConflicts() throws IOException {
        try (FakeServer server = FakeServer.start(exchange -> FakeServer.answer(exchange, 409, "\"busy\""));
                OnlineStore store = store(server.port())) {
            assertThatThrownBy(() -> write(store))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("answered 409: busy");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "<html>Welcome</html>",
                "{}",
                "[]",
                "null",
                "{\"results\": 7}",
                "{\"results\": [], \"metadata\": {\"feature_names\": []}}",
                "{\"results\": [{\"values\": [1, 2]}], \"metadata\": {\"feature_names\": [\"drivers__trips\"]}}",
                "{\"results\": [{\"values\": [1], \"statuses\": [\"PRESENT\"], \"event_timestamps\": [\"noon\"]}, {\"values\": [1], \"statuses\": [\"PRESENT\"], \"event_timestamps\": [\"noon\"]}], \"metadata\": {\"feature_names\": [\"drivers__trips\", \"drivers__rate\"]}}"
            })
    void whatIsNoAnswerIsToldSo(String body) throws IOException {
        try (FakeServer server = FakeServer.start(exchange -> FakeServer.answer(exchange, 200, body));
                OnlineStore store = store(server.port())) {
            assertThatThrownBy(() -> read(store)).isInstanceOfSatisfying(StoreException.class, failure -> {
                assertThat(failure)
                        .hasMessageContaining("POST /get-online-features was answered with what is no answer");
                assertThat(failure.retryable()).isFalse();
            });
        }
    }

    @Test
    void garbageInTheNameOfMancipleIsToldSo() throws IOException {
        try (FakeServer server = FakeServer.start(
                        exchange -> {
                            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
                            exchange.sendResponseHeaders(200, 7);
                            exchange.getResponseBody().write("garbage".getBytes(StandardCharsets.UTF_8));
                            exchange.close();
                        },
                        false);
                OnlineStore store = store(server.port())) {
            assertThatThrownBy(() -> read(store))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("GET /manciple/online-store/tck was answered with what is no message");
        }
    }

    /** A scan takes as long as it has rows, but a server that falls silent is given up. */
    @Test
    void aScanThatFallsSilentIsGivenUp() throws IOException {
        byte[] part = delimited(ScanPart.newBuilder()
                .addRows(OnlineStoreCodec.encode(
                        Drivers.row(1, Drivers.NOON, new Value.Int(7), new Value.Real(0.5)),
                        Drivers.VIEW.entityColumns(),
                        Drivers.VIEW.features()))
                .build());
        CountDownLatch ended = new CountDownLatch(1);
        try (FakeServer server = FakeServer.start(
                        exchange -> {
                            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
                            if (exchange.getRequestURI().getPath().endsWith("/scan")) {
                                exchange.sendResponseHeaders(200, 0);
                                exchange.getResponseBody().write(part);
                                exchange.getResponseBody().flush();
                                await(ended);
                            } else {
                                byte[] description = Description.newBuilder()
                                        .setTimePrecision("NANOS")
                                        .setMostRows(10)
                                        .addCapabilities("SCAN")
                                        .build()
                                        .toByteArray();
                                exchange.sendResponseHeaders(200, description.length);
                                exchange.getResponseBody().write(description);
                            }
                            exchange.close();
                        },
                        false);
                OnlineStore store = store(server.port(), Map.of("timeout", "1s"));
                Stream<OnlineRow> rows = store.scan(Drivers.VIEW)) {
            Iterator<OnlineRow> iterator = rows.iterator();

            assertThat(iterator.next().values()).containsExactly(new Value.Int(7), new Value.Real(0.5));
            assertThatThrownBy(iterator::hasNext)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("read all rows of feature view 'drivers'")
                    .hasMessageContaining("nothing came for 1,000 ms");
        } finally {
            ended.countDown();
        }
    }

    private static byte[] delimited(ScanPart part) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        part.writeDelimitedTo(bytes);
        return bytes.toByteArray();
    }

    @Test
    void redirectsAreNotFollowed() throws IOException {
        try (FakeServer elsewhere = FakeServer.start(exchange -> FakeServer.answer(exchange, 200, ANSWER));
                FakeServer server = FakeServer.start(exchange -> {
                    exchange.getResponseHeaders()
                            .set(
                                    "Location",
                                    "http://ada:hunter2@127.0.0.1:%d/there?token=s3cret".formatted(elsewhere.port()));
                    FakeServer.answer(exchange, 307, "");
                });
                OnlineStore store = store(server.port())) {
            assertThatThrownBy(() -> read(store)).isInstanceOfSatisfying(StoreException.class, failure -> {
                assertThat(failure)
                        .hasMessageContaining(
                                "answered 307, a redirect to http://127.0.0.1:%d/there".formatted(elsewhere.port()))
                        .hasMessageNotContaining("hunter2")
                        .hasMessageNotContaining("s3cret");
                assertThat(failure.retryable()).isFalse();
            });
            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    /** A token that is not good any more is replaced once, and shown to nobody else. */
    @Test
    void areShownANewTokenWhereTheOldOneIsNotGood() throws IOException {
        Expiring credentials = new Expiring();
        try (FakeServer server = FakeServer.start(
                        exchange -> {
                            boolean known = "Bearer new"
                                    .equals(exchange.getRequestHeaders().getFirst("Authorization"));
                            boolean route = exchange.getRequestURI().getPath().startsWith("/manciple");
                            FakeServer.answer(exchange, !known ? 401 : route ? 404 : 200, known ? ANSWER : "{}");
                        },
                        false);
                OnlineStore store = new RemoteOnlineStoreFactory()
                        .create(Configs.of(server.port()), new TestContext("tck", folder, credentials))) {
            assertThat(read(store)).containsExactly(FOUND);
            assertThat(server.requests().stream().map(FakeServer.Request::authorization))
                    .containsExactly(List.of("Bearer old"), List.of("Bearer new"), List.of("Bearer new"));
        }
    }

    @Test
    void whoMayNotIsToldSoWithoutHisToken() throws IOException {
        for (int status : List.of(401, 403)) {
            try (FakeServer server = FakeServer.start(
                            exchange -> FakeServer.answer(
                                    exchange, status, "{\"detail\": \"Invalid or expired access token\"}"),
                            false);
                    OnlineStore store = new RemoteOnlineStoreFactory()
                            .create(Configs.of(server.port()), new TestContext("tck", folder, new Expiring()))) {
                assertThatThrownBy(() -> read(store)).isInstanceOfSatisfying(AccessException.class, refusal -> {
                    assertThat(refusal.reason())
                            .isEqualTo(
                                    status == 401
                                            ? AccessException.Reason.UNAUTHENTICATED
                                            : AccessException.Reason.DENIED);
                    assertThat(refusal)
                            .hasMessageContaining("Invalid or expired access token")
                            .hasMessageNotContaining("old")
                            .hasMessageNotContaining("new");
                });
            }
        }
    }

    /** Gives out an old token until it is refused. */
    private static final class Expiring implements Credentials {
        private String token = "old";

        @Override
        public Optional<String> bearerToken() {
            return Optional.of(token);
        }

        @Override
        public void rejected(String refused) {
            token = "new";
        }
    }
}
