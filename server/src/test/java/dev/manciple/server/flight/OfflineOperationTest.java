package dev.manciple.server.flight;

import static dev.manciple.server.flight.History.ASKED;
import static dev.manciple.server.flight.History.ROW;
import static dev.manciple.server.flight.History.historical;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.FeatureStore;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.server.Commons;
import dev.manciple.server.Repository;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.tck.Await;
import io.grpc.Context;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What those who run an offline server rely on: memory, forgotten uploads, clients that go, limits. */
@Timeout(120)
class OfflineOperationTest {
    private static final String NEVER_ENDING =
            "SELECT i AS driver_id, TIMESTAMPTZ '2024-06-01 00:00:00Z' AS event_timestamp FROM range(100000000000000) t(i) WHERE hash(i) = 1";

    /** Of what is too large for the memory of its server. */
    private static final long ROWS = Long.getLong("soak.rows", 3_000_000);

    private static final int BATCH = 50_000;

    @TempDir
    Path folder;

    private FeatureStore store;

    @BeforeEach
    void open() throws IOException {
        store = Repository.create(folder);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private OfflineServer start(OfflineServerOptions.Limits limits) {
        return OfflineServer.start(
                store,
                OfflineServerOptions.DEFAULT.withPort(0).withLimits(limits).withDrain(Duration.ZERO));
    }

    private static OfflineServerOptions.Limits limits(int calls, Duration abandoned) {
        return new OfflineServerOptions.Limits(calls, 64 << 20, 64L << 20, abandoned, Duration.ofMinutes(5));
    }

    /** Files of uploads of this process. Others come and go beside them meanwhile, and so do theirs. */
    private static long spooled() {
        String mine = "-%d-".formatted(ProcessHandle.current().pid());
        File[] folders = new File(System.getProperty("java.io.tmpdir"))
                .listFiles((all, name) -> name.startsWith("manciple-offline-") && name.contains(mine));
        return Stream.ofNullable(folders)
                .flatMap(Arrays::stream)
                .map(File::list)
                .filter(Objects::nonNull)
                .mapToLong(files -> files.length)
                .sum();
    }

    @Test
    @Timeout(600)
    void streamsAnswersThatMemoryDoesNotHold() throws Exception {
        try (OfflineServer server = withLittleMemory();
                Client client = new Client(server)) {
            FlightDescriptor flight = client.put(historical(
                    "entity_df_sql",
                    "SELECT 1001 + i %% 2 AS driver_id, TIMESTAMPTZ '2024-06-01 00:00:00Z' AS event_timestamp, 'row ' || i AS note FROM range(%d) t(i)"
                            .formatted(ROWS)));
            assertThat(rows(client, flight, Optional.empty())).isEqualTo(ROWS);
        }
    }

    @Test
    @Timeout(600)
    void takesRowsThatMemoryDoesNotHold() throws Exception {
        List<Field> columns = Stream.concat(ASKED.stream(), Stream.of(Field.of("row", Scalar.INT64)))
                .toList();
        try (OfflineServer server = withLittleMemory();
                Client client = new Client(server);
                VectorSchemaRoot sent = VectorSchemaRoot.create(
                        new Schema(columns.stream().map(ArrowTypes::field).toList()), client.allocator())) {
            FlightDescriptor flight = Client.descriptor(historical());
            FlightClient.ClientStreamListener put = client.flight().startPut(flight, sent, new AsyncPutListener());
            long time = Instant.parse("2024-06-01T00:00:00Z").getEpochSecond();
            for (long first = 0; first < ROWS; first += BATCH) {
                int rows = (int) Math.min(BATCH, ROWS - first);
                sent.allocateNew();
                for (int i = 0; i < rows; i++) {
                    ((BigIntVector) sent.getVector(0)).setSafe(i, 1001);
                    ((TimeStampVector) sent.getVector(1)).setSafe(i, time * 1_000_000);
                    ((BigIntVector) sent.getVector(2)).setSafe(i, first + i);
                }
                sent.setRowCount(rows);
                put.putNext();
            }
            put.completed();
            put.getResult();
            assertThat(rows(client, flight, Optional.of("row"))).isEqualTo(ROWS);
        }
    }

    /** A row of an answer has some 48 bytes, one of those sent 24: neither fits. */
    private OfflineServer withLittleMemory() throws IOException {
        return OfflineServer.start(
                store,
                Commons.of(AccessControl.open()),
                OfflineServerOptions.DEFAULT.withPort(0),
                new RootAllocator(48 << 20));
    }

    /**
     * Reads an answer to its end.
     *
     * @param numbered a column that counts the rows from 0
     * @return how many rows it has
     */
    private static long rows(Client client, FlightDescriptor flight, Optional<String> numbered) throws Exception {
        long read = 0;
        FlightStream stream = client.flight().getStream(new Ticket(flight.getCommand()));
        try (stream) {
            while (stream.next()) {
                VectorSchemaRoot batch = stream.getRoot();
                if (numbered.isPresent()) {
                    for (int row = 0; row < batch.getRowCount(); row++) {
                        assertThat(batch.getVector(numbered.get()).getObject(row))
                                .isEqualTo(read + row);
                    }
                }
                read += batch.getRowCount();
            }
        }
        return read;
    }

    @Test
    void sendsNoFasterThanItsClientTakes() throws Exception {
        try (OfflineServer server = start(new OfflineServerOptions.Limits(
                        1, 64 << 20, 64L << 20, Duration.ofSeconds(50), Duration.ZERO));
                Client client = new Client(server)) {
            FlightDescriptor flight = client.put(
                    historical(
                            "entity_df_sql",
                            "SELECT i AS driver_id, TIMESTAMPTZ '2024-06-01 00:00:00Z' AS event_timestamp FROM range(10000000) t(i)"));
            FlightStream stream = client.flight().getStream(new Ticket(flight.getCommand()));
            try (stream) {
                stream.getRoot();
                // Nothing is read until the server, which waits for no time at all, has given up: its one place is free
                // again.
                Await.until("its place is free", () -> takesAnother(client));
                assertThatThrownBy(() -> {
                            while (stream.next()) {}
                        })
                        .isInstanceOfSatisfying(
                                FlightRuntimeException.class,
                                failure -> assertThat(failure.status().code()).isEqualTo(FlightStatusCode.TIMED_OUT));
            }
        }
    }

    private static boolean takesAnother(Client client) throws Exception {
        try {
            client.put(historical());
            return true;
        } catch (FlightRuntimeException e) {
            assertThat(e.status().code()).isEqualTo(FlightStatusCode.RESOURCE_EXHAUSTED);
            return false;
        }
    }

    @Test
    void forgetsUploadsNobodyAsksFor() throws Exception {
        try (OfflineServer server = start(limits(4, Duration.ofSeconds(2)));
                Client client = new Client(server)) {
            client.put(historical(), ASKED, List.of(ROW));
            assertThat(spooled()).isEqualTo(1);
            Await.until(
                    "the upload is forgotten",
                    () -> !client.flight().listFlights(Criteria.ALL).iterator().hasNext() && spooled() == 0);
        }
    }

    @Test
    void forgetsUploadsThatDoNotGoOn() throws Exception {
        try (OfflineServer server = start(limits(4, Duration.ofSeconds(2)));
                Client client = new Client(server);
                VectorSchemaRoot rows = VectorSchemaRoot.create(
                        new Schema(ASKED.stream().map(ArrowTypes::field).toList()), client.allocator())) {
            FlightClient.ClientStreamListener put =
                    client.flight().startPut(Client.descriptor(historical()), rows, new AsyncPutListener());
            put.putNext();
            OfflineServerTest.assertFailure(put::getResult, FlightStatusCode.TIMED_OUT, "FeastError", "2 seconds");
            assertThat(spooled()).isZero();
        }
    }

    @Test
    void forgetsUploadsWhoseClientGoes() throws Exception {
        try (OfflineServer server = start(limits(4, Duration.ofMinutes(10)))) {
            try (Client client = new Client(server);
                    VectorSchemaRoot rows = VectorSchemaRoot.create(
                            new Schema(ASKED.stream().map(ArrowTypes::field).toList()), client.allocator())) {
                FlightClient.ClientStreamListener put =
                        client.flight().startPut(Client.descriptor(historical()), rows, new AsyncPutListener());
                put.putNext();
                Await.until("the upload is kept", () -> spooled() > 0);
                put.error(CallStatus.CANCELLED.toRuntimeException());
                Await.until("the upload is forgotten", () -> spooled() == 0);
            }
        }
    }

    @Test
    void aClientThatGoesEndsTheWorkOfTheEngine() throws Exception {
        try (OfflineServer server = start(limits(1, Duration.ofMinutes(10)))) {
            try (Client client = new Client(server)) {
                FlightDescriptor flight = client.put(historical("entity_df_sql", NEVER_ENDING));
                FlightStream stream = client.flight().getStream(new Ticket(flight.getCommand()));
                awaitCalls(server, 1);
                OfflineServerTest.assertFailure(
                        () -> client.put(historical(), ASKED, List.of(ROW)),
                        FlightStatusCode.RESOURCE_EXHAUSTED,
                        "FeastError",
                        "try again");
                stream.close();
            }
            awaitCalls(server, 0);
        }
    }

    @Test
    void aWriterThatGoesEndsTheWorkOfTheEngine() throws Exception {
        Files.writeString(
                folder.resolve("more.yaml"),
                "data_sources: [{name: kept, path: kept.parquet, timestamp_field: event_timestamp}]");
        Repository.apply(store, folder);
        try (OfflineServer server = start(limits(1, Duration.ofMinutes(10)))) {
            try (Client client = new Client(server);
                    VectorSchemaRoot nothing = VectorSchemaRoot.create(
                            new Schema(List.of(ArrowTypes.field(Field.of("key", Scalar.STRING)))),
                            client.allocator())) {
                Map<String, Object> persist = historical(
                        "api", "persist",
                        "retrieve_func", "get_historical_features",
                        "data_source_name", "kept",
                        "allow_overwrite", false,
                        "entity_df_sql", NEVER_ENDING);
                try (Context.CancellableContext call = Context.current().withCancellation()) {
                    call.run(() -> client.flight()
                            .startPut(Client.descriptor(persist), nothing, new AsyncPutListener())
                            .completed());
                    awaitCalls(server, 1);
                }
                awaitCalls(server, 0);
            }
            assertThat(folder.resolve("kept.parquet")).doesNotExist();
        }
    }

    private static void awaitCalls(OfflineServer server, int count) throws Exception {
        Await.until("%d calls run".formatted(count), () -> server.running() == count);
    }

    @Test
    void refusesMoreThanItKeeps() throws Exception {
        OfflineServerOptions.Limits small =
                new OfflineServerOptions.Limits(4, 64 << 20, 10_000, Duration.ofSeconds(50), Duration.ofMinutes(5));
        try (OfflineServer server = start(small);
                Client client = new Client(server)) {
            client.put(historical(), ASKED, List.of(ROW));
            OfflineServerTest.assertFailure(
                    () -> client.put(historical(), ASKED, Collections.nCopies(10_000, ROW)),
                    FlightStatusCode.RESOURCE_EXHAUSTED,
                    "FeastError",
                    "10,000 bytes");
            assertThat(spooled()).isEqualTo(1);
            assertThat(client.get(client.put(historical(), ASKED, List.of(ROW))))
                    .hasSize(1);
        }
    }

    @Test
    void refusesBatchesThatAreTooLarge() throws Exception {
        OfflineServerOptions.Limits small =
                new OfflineServerOptions.Limits(4, 1_000, 64L << 20, Duration.ofSeconds(50), Duration.ofMinutes(5));
        try (OfflineServer server = start(small);
                Client client = new Client(server);
                Client other = new Client(server)) {
            assertThatThrownBy(() -> client.put(historical(), ASKED, Collections.nCopies(1_000, ROW)))
                    .isInstanceOf(FlightRuntimeException.class);
            assertThat(other.get(other.put(historical(), ASKED, List.of(ROW)))).hasSize(1);
        }
    }

    @Test
    void leavesNothingBehind() throws Exception {
        try (OfflineServer server = start(limits(4, Duration.ofMinutes(10)));
                Client client = new Client(server)) {
            client.put(historical(), ASKED, List.of(ROW));
            assertThat(spooled()).isEqualTo(1);
        }
        assertThat(spooled()).isZero();
    }

    @Test
    void saysThatItsPortIsTaken() {
        try (OfflineServer server = start(OfflineServerOptions.Limits.DEFAULT)) {
            assertThatThrownBy(() -> OfflineServer.start(store, OfflineServerOptions.DEFAULT.withPort(server.port())))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("port %d", server.port());
        }
    }

    @Test
    void saysThatItsCertificateIsNoGood() throws IOException {
        Path garbage = Files.writeString(folder.resolve("garbage.pem"), "garbage");
        assertThatThrownBy(() -> OfflineServer.start(
                        store,
                        OfflineServerOptions.DEFAULT
                                .withPort(0)
                                .withTls(new ServerOptions.Tls(garbage, garbage, Optional.empty()))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("PEM");
        Path gone = folder.resolve("gone.pem");
        assertThatThrownBy(() -> OfflineServer.start(
                        store,
                        OfflineServerOptions.DEFAULT.withTls(new ServerOptions.Tls(gone, gone, Optional.empty()))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("gone.pem");
    }
}
