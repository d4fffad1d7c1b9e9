package dev.manciple.server.flight;

import static dev.manciple.server.auth.TestIssuer.claims;
import static dev.manciple.server.auth.TestIssuer.sign;
import static dev.manciple.server.flight.Client.command;
import static dev.manciple.server.flight.History.ASKED;
import static dev.manciple.server.flight.History.ROW;
import static dev.manciple.server.flight.History.aliases;
import static dev.manciple.server.flight.History.historical;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.RSAKey;
import dev.manciple.server.Commons;
import dev.manciple.server.GuardedRepository;
import dev.manciple.server.auth.TestIssuer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightStatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what of the offline store, with tokens of a provider and permissions of the registry. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OfflineAccessTest {
    private static final RSAKey KEY = TestIssuer.key("one");

    private GuardedRepository repository;
    private Commons commons;
    private OfflineServer server;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        repository = GuardedRepository.create(folder, KEY, """
                permissions:
                  - {name: views, types: [feature_view], actions: [read_offline], policy: {roles: [reader]}}
                  - {name: sources, types: [data_source], actions: [read_offline], policy: {roles: [puller]}}
                  - {name: writing, types: [feature_view], actions: [write_offline], policy: {roles: [writer]}}
                """);
        commons = Commons.of(repository.access());
        server = OfflineServer.start(
                repository.store(),
                commons,
                OfflineServerOptions.DEFAULT.withPort(0).withRepository(folder).withDrain(Duration.ZERO));
    }

    @AfterAll
    void stop() {
        server.close();
        repository.close();
    }

    private Client client(String user, String... roles) {
        return new Client(
                server,
                Map.of(
                        "authorization",
                        "Bearer " + sign(KEY, claims(user, roles).build())));
    }

    private static Map<String, Object> pull() {
        return command(
                "pull_all_from_table_or_query",
                "data_source_name",
                "stats",
                "join_key_columns",
                List.of("driver_id"),
                "feature_name_columns",
                List.of("trips"),
                "timestamp_field",
                "event_timestamp");
    }

    private static Map<String, Object> write() {
        return command(
                "offline_write_batch", "feature_view_names", List.of("driver_stats"), "name_aliases", aliases(null));
    }

    @Test
    void whoeverIsNotKnownIsToldSo() throws Exception {
        try (Client nobody = new Client(server);
                Client forger = new Client(server, Map.of("authorization", "Bearer x.y.z"))) {
            OfflineServerTest.assertFailure(
                    () -> nobody.put(historical(), ASKED, List.of(ROW)),
                    FlightStatusCode.UNAUTHENTICATED,
                    "FeastPermissionError",
                    "Missing");
            OfflineServerTest.assertFailure(
                    () -> forger.flight().listActions().forEach(action -> {}),
                    FlightStatusCode.UNAUTHENTICATED,
                    "FeastPermissionError",
                    "Invalid");
        }
        assertThat(commons.metrics().text())
                .contains("feast_feature_server_request_total{endpoint=\"DoPut\",status=\"16\"} 1")
                .contains("feast_feature_server_request_total{endpoint=\"ListActions\",status=\"16\"} 1");
    }

    @Test
    void readersOfViewsMayJoinThemAndNoMore() throws Exception {
        try (Client reader = client("ada", "reader")) {
            assertThat(reader.get(reader.put(historical(), ASKED, List.of(ROW))))
                    .hasSize(1);
            assertDenied(reader, pull(), "DataSource:stats");
            assertDenied(reader, write(), "FeatureView:driver_stats");
            assertDenied(reader, command("validate_data_source", "data_source_proto", """
                            {"name": "passwords", "type": "BATCH_FILE", "fileOptions": {"uri": "/etc/passwd"},
                             "tags": {"team": "readers"}}"""), "DataSource:passwords");
            Map<String, Object> persist = new LinkedHashMap<>(historical());
            persist.putAll(Map.of(
                    "api", "persist",
                    "retrieve_func", "get_historical_features",
                    "data_source_name", "stats",
                    "allow_overwrite", true));
            assertDenied(reader, persist, "DataSource:stats");
        }
    }

    @Test
    void otherRolesMayDoWhatTheyAreThereFor() throws Exception {
        try (Client puller = client("pam", "puller");
                Client stranger = client("mal")) {
            assertThat(puller.get(puller.put(pull()))).hasSize(2);
            assertDenied(puller, historical(), "FeatureView:driver_stats");
            assertDenied(stranger, historical(), "FeatureView:driver_stats");
        }
    }

    @Test
    void nobodyGetsTheAnswerOfAnother() throws Exception {
        try (Client ada = client("ada", "reader");
                Client bob = client("bob", "reader")) {
            FlightDescriptor flight = ada.put(historical(), ASKED, List.of(ROW));
            OfflineServerTest.assertFailure(
                    () -> bob.get(flight), FlightStatusCode.NOT_FOUND, "FeastObjectNotFoundException", "");
            assertThat(bob.flight().listFlights(Criteria.ALL)).isEmpty();
            assertThat(ada.flight().listFlights(Criteria.ALL)).hasSize(1);
            assertThat(ada.get(flight)).hasSize(1);
        }
    }

    private static void assertDenied(Client client, Map<String, Object> command, String resource) {
        OfflineServerTest.assertFailure(
                () -> client.put(command, ASKED, List.of(ROW)),
                FlightStatusCode.UNAUTHORIZED,
                "FeastPermissionError",
                resource);
    }
}
