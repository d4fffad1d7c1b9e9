package dev.manciple.server.flight;

import static dev.manciple.server.flight.Client.command;
import static dev.manciple.server.flight.History.ASKED;
import static dev.manciple.server.flight.History.aliases;
import static dev.manciple.server.flight.History.historical;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.manciple.FeatureStore;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.server.Repository;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Feast's protocol over loopback, each of its calls. */
class OfflineServerTest {
    private static final Value LATER = new Value.Time(Instant.parse("2024-06-01T00:00:00Z"));
    private static final Value EARLIER = new Value.Time(Instant.parse("2024-01-01T00:00:00Z"));

    @TempDir
    Path folder;

    private FeatureStore store;
    private OfflineServer server;
    private Client client;

    @BeforeEach
    void start() throws IOException {
        store = Repository.create(folder);
        server = OfflineServer.start(
                store,
                OfflineServerOptions.DEFAULT.withPort(0).withRepository(folder).withDrain(Duration.ZERO));
        client = new Client(server);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        store.close();
    }

    private static Map<String, Object> pull(String api, Object... more) {
        Map<String, Object> command = command(
                api,
                "data_source_name",
                "stats",
                "join_key_columns",
                List.of("driver_id"),
                "feature_name_columns",
                List.of("trips"),
                "timestamp_field",
                "event_timestamp",
                "created_timestamp_column",
                "created",
                "start_date",
                "2024-01-01T00:00:00",
                "end_date",
                "2024-12-31T00:00:00+00:00");
        for (int i = 0; i < more.length; i += 2) {
            command.put(String.valueOf(more[i]), more[i + 1]);
        }
        return command;
    }

    private static List<Value> asked(long driver, Value time) {
        return List.of(new Value.Int(driver), time);
    }

    @Test
    void joinsAFrame() throws Exception {
        FlightDescriptor flight =
                client.put(historical(), ASKED, List.of(asked(1002, LATER), asked(1001, LATER), asked(1001, EARLIER)));
        assertThat(client.columns(flight)).containsExactly("driver_id", "event_timestamp", "trips", "name");
        assertThat(client.get(flight).stream().map(row -> row.subList(2, 4)))
                .containsExactly(List.of(9L, "Bob"), List.of(7L, "Ada"), List.of("null", "null"));
    }

    @Test
    void joinsUnderAnAlias() throws Exception {
        FlightDescriptor flight = client.put(
                historical(
                        "name_aliases",
                        aliases("drv"),
                        "feature_refs",
                        List.of("drv:trips"),
                        "full_feature_names",
                        true),
                ASKED,
                List.of(asked(1001, LATER)));
        assertThat(client.columns(flight)).endsWith("drv__trips");
        assertThat(client.get(flight).getFirst()).endsWith(7L);
    }

    @Test
    void joinsOnOtherColumnsWhereTheClientNamesThem() throws Exception {
        List<Field> columns =
                List.of(Field.of("origin_driver", Scalar.INT64), Field.of("event_timestamp", Scalar.UNIX_TIMESTAMP));
        FlightDescriptor flight = client.put(
                historical("join_key_maps", List.of(Map.of("driver_id", "origin_driver"))),
                columns,
                List.of(asked(1001, LATER)));
        assertThat(client.get(flight).getFirst()).endsWith(7L, "Ada");
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void joinsKeysSentAsFloatingPointAndAnswersThemSo(Scalar sent) throws Exception {
        List<Field> columns = List.of(Field.of("driver_id", sent), ASKED.get(1));
        FlightDescriptor flight = client.put(
                historical(),
                columns,
                List.of(
                        List.of(new Value.Real(1002), LATER),
                        List.of(Value.Null.NULL, LATER),
                        List.of(new Value.Real(Double.NaN), LATER),
                        List.of(new Value.Real(1001), LATER)));
        assertThat(client.columns(flight)).containsExactly("driver_id", "event_timestamp", "trips", "name");
        List<List<Object>> rows = client.get(flight);
        assertThat(rows.stream().map(row -> row.subList(2, 4)))
                .containsExactly(
                        List.of(9L, "Bob"), List.of("null", "null"), List.of("null", "null"), List.of(7L, "Ada"));
        assertThat(rows.stream().map(List::getFirst).map(Object::toString))
                .containsExactly("1002.0", "null", "null", "1001.0");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2_500})
    void joinsSuchKeysOfEveryBatch(int count) throws Exception {
        List<List<Value>> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            asked.add(List.of(i % 3 == 0 ? Value.Null.NULL : new Value.Real(1001 + i % 2), LATER));
        }
        FlightDescriptor flight =
                client.put(historical(), List.of(Field.of("driver_id", Scalar.DOUBLE), ASKED.get(1)), asked);
        List<List<Object>> rows = client.get(flight);
        assertThat(rows).hasSize(count);
        for (int i = 0; i < count; i++) {
            List<Object> row = rows.get(i);
            assertThat(List.of(row.getFirst(), row.getLast()))
                    .as("row %d", i)
                    .isEqualTo(
                            i % 3 == 0 ? List.of("null", "null") : List.of(1001.0 + i % 2, i % 2 == 0 ? "Ada" : "Bob"));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1001.5, 0x1p53 + 2, 0x1p63, Double.NEGATIVE_INFINITY})
    void refusesKeysThatAreNoWholeNumbers(double key) {
        List<Field> columns = List.of(Field.of("driver_id", Scalar.DOUBLE), ASKED.get(1));
        assertFailure(
                () -> client.put(historical(), columns, List.of(List.of(new Value.Real(key), LATER))),
                FlightStatusCode.INVALID_ARGUMENT,
                "FeastError",
                "Column 'driver_id' of the rows sent holds " + key + ", but is joined as a whole number");
    }

    @Test
    void leavesPandasIndexOut() throws Exception {
        List<Field> columns = new ArrayList<>(ASKED);
        columns.add(Field.of("__index_level_0__", Scalar.INT64));
        FlightDescriptor flight =
                client.put(historical(), columns, List.of(List.of(new Value.Int(1001), LATER, new Value.Int(3))));
        assertThat(client.columns(flight)).containsExactly("driver_id", "event_timestamp", "trips", "name");
    }

    @Test
    void tellsPandasTheTypesOfTheColumnsItSent() throws Exception {
        List<Field> columns = new ArrayList<>(ASKED);
        List.of("order", "text", "flag", "category").forEach(name -> columns.add(Field.of(name, Scalar.INT64)));
        columns.set(3, Field.of("text", Scalar.STRING));
        columns.set(4, Field.of("flag", Scalar.BOOL));
        List<Value> row = List.of(
                new Value.Int(1001),
                LATER,
                new Value.Int((1L << 53) + 1),
                new Value.Text("t"),
                new Value.Bool(true),
                new Value.Int(0));
        List<Value> nulls = new ArrayList<>(row);
        nulls.set(2, Value.Null.NULL);
        FlightDescriptor flight =
                client.put(Client.descriptor(historical()), described(columns, """
                        {"index_columns": ["flag"], "columns": [
                          {"name": null, "field_name": "driver_id", "pandas_type": "int64", "numpy_type": "int64"},
                          {"name": "order", "field_name": "order", "pandas_type": "int64", "numpy_type": "Int64"},
                          {"name": 7, "field_name": "text", "pandas_type": "unicode", "numpy_type": "string"},
                          {"name": "flag", "field_name": "flag", "pandas_type": "bool", "numpy_type": "boolean"},
                          {"field_name": "category", "pandas_type": "categorical", "numpy_type": "int8"},
                          {"field_name": "trips", "pandas_type": "int64", "numpy_type": "Int64"},
                          {"field_name": ["text"]}, 7]}"""), List.of(row, nulls));
        Schema answered = client.flight().getInfo(flight).getSchemaOptional().orElseThrow();
        assertThat(answered.getFields()).hasSize(8);
        FlightStream stream = client.stream(flight);
        try (stream) {
            assertThat(JsonMapper.shared()
                            .readTree(stream.getSchema().getCustomMetadata().get("pandas")))
                    .isEqualTo(JsonMapper.shared().readTree("""
                            {"index_columns": [], "column_indexes": [], "columns": [
                              {"name": "order", "field_name": "order", "pandas_type": "int64", "numpy_type": "Int64", "metadata": null},
                              {"name": "text", "field_name": "text", "pandas_type": "unicode", "numpy_type": "string", "metadata": null},
                              {"name": "flag", "field_name": "flag", "pandas_type": "bool", "numpy_type": "boolean", "metadata": null}]}"""));
            assertThat(stream.next()).isTrue();
            assertThat(stream.getRoot().getVector("order").getObject(0)).isEqualTo((1L << 53) + 1);
            assertThat(stream.getRoot().getVector("order").isNull(1)).isTrue();
            assertThat(stream.getRoot().getVector("trips").getObject(1)).isEqualTo(7L);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no json",
                "null",
                "7",
                "[]",
                "{\"columns\": 7}",
                "{\"columns\": [{\"field_name\": \"driver_id\", \"pandas_type\": {}, \"numpy_type\": \"Int64\"}]}",
                "{\"columns\": [{\"field_name\": \"driver_id\", \"pandas_type\": \"int64\", \"numpy_type\": \"list<item: int64>[pyarrow]\"}]}",
            })
    void whatPandasDoesNotSayIsNoMatter(String said) throws Exception {
        FlightDescriptor flight =
                client.put(Client.descriptor(historical()), described(ASKED, said), List.of(asked(1001, LATER)));
        FlightStream stream = client.stream(flight);
        try (stream) {
            assertThat(stream.getSchema().getCustomMetadata()).doesNotContainKey("pandas");
            assertThat(stream.next()).isTrue();
            assertThat(stream.getRoot().getVector("trips").getObject(0)).isEqualTo(7L);
        }
    }

    private static Schema described(List<Field> columns, String pandas) {
        return new Schema(
                columns.stream().map(dev.manciple.arrow.ArrowTypes::field).toList(), Map.of("pandas", pandas));
    }

    @Test
    void joinsRowsOfSql() throws Exception {
        FlightDescriptor flight = client.put(historical(
                "entity_df_sql",
                "SELECT 1001::BIGINT AS driver_id, TIMESTAMPTZ '2024-06-01 00:00:00Z' AS event_timestamp"));
        assertThat(client.get(flight)).hasSize(1).first(LIST).endsWith(7L, "Ada");
    }

    @Test
    void joinsARangeOfTime() throws Exception {
        FlightDescriptor flight =
                client.put(historical("start_date", "2024-05-01T10:30:00", "end_date", "2024-05-02T00:00:00+00:00"));
        assertThat(client.get(flight)).hasSize(1).first(LIST).contains(1002L).endsWith(9L, "Bob");
        FlightDescriptor dates = client.put(historical("start_date", "2024-05-01", "end_date", "2024-05-02"));
        assertThat(client.get(dates)).hasSize(2);
        assertFailure(
                () -> client.put(historical("start_date", "soon", "end_date", "2024-05-02")),
                FlightStatusCode.INVALID_ARGUMENT,
                "FeastError",
                "start_date: 'soon' cannot be read as UnixTimestamp");
    }

    @Test
    void anAnswerIsGivenOnce() throws Exception {
        FlightDescriptor flight = client.put(historical(), ASKED, List.of(asked(1001, LATER)));
        client.get(flight);
        assertFailure(
                () -> client.get(flight),
                FlightStatusCode.NOT_FOUND,
                "FeastObjectNotFoundException",
                "There is no command to answer here");
        assertThat(client.flight().listFlights(org.apache.arrow.flight.Criteria.ALL))
                .isEmpty();
    }

    @Test
    void pullsRows() throws Exception {
        FlightDescriptor all = client.put(pull("pull_all_from_table_or_query"));
        assertThat(client.columns(all)).containsExactly("driver_id", "trips", "event_timestamp", "created");
        assertThat(client.get(all))
                .extracting(row -> row.subList(0, 2))
                .containsExactlyInAnyOrder(List.of(1001L, 7L), List.of(1002L, 9L));
        FlightDescriptor latest = client.put(pull("pull_latest_from_table_or_query"));
        assertThat(client.get(latest))
                .extracting(row -> row.subList(0, 2))
                .containsExactlyInAnyOrder(List.of(1001L, 7L), List.of(1002L, 9L));
    }

    @Test
    void pullsGlobalValuesUnderTheKeyFeastLooksFor() throws Exception {
        for (String api : List.of("pull_latest_from_table_or_query", "pull_all_from_table_or_query")) {
            FlightDescriptor flight = client.put(pull(api, "join_key_columns", List.of()));
            assertThat(client.columns(flight)).containsExactly("trips", "event_timestamp", "created", "__dummy_id");
            List<List<Object>> rows = client.get(flight);
            assertThat(rows).allSatisfy(row -> assertThat(row).endsWith(""));
            assertThat(rows.stream().map(List::getFirst))
                    .containsExactlyInAnyOrderElementsOf(api.startsWith("pull_latest") ? List.of(9L) : List.of(7L, 9L));
        }
    }

    @Test
    void pullsWithOpenEndsAndAllColumns() throws Exception {
        Map<String, Object> command = pull("pull_all_from_table_or_query", "feature_name_columns", List.of());
        command.put("start_date", null);
        command.put("end_date", null);
        command.put("created_timestamp_column", null);
        FlightDescriptor flight = client.put(command);
        assertThat(client.columns(flight))
                .containsExactly("driver_id", "conv_rate", "trips", "name", "created", "event_timestamp");
        assertThat(client.get(flight)).hasSize(2);
    }

    @Test
    void tellsColumnsOfSources() throws Exception {
        FlightDescriptor flight =
                client.put(command("get_table_column_names_and_types_from_data_source", "data_source_proto", """
                {"name": "stats", "type": "BATCH_FILE", "timestampField": "event_timestamp",
                 "fileOptions": {"uri": "stats.csv"}}"""));
        assertThat(client.get(flight)).contains(List.of("trips", "int64"), List.of("name", "string"));
    }

    @Test
    void validatesSources() throws Exception {
        client.put(command("validate_data_source", "data_source_proto", """
                {"name": "stats", "type": "BATCH_FILE", "timestampField": "event_timestamp",
                 "fileOptions": {"uri": "stats.csv"}}"""));
        assertFailure(
                () -> client.put(command("validate_data_source", "data_source_proto", """
                        {"name": "gone", "type": "BATCH_FILE", "timestampField": "event_timestamp",
                         "fileOptions": {"uri": "gone.parquet"}}""")),
                null,
                "Feast",
                "gone.parquet");
    }

    @Test
    void appendsRows() throws Exception {
        List<Field> columns = List.of(
                Field.of("driver_id", Scalar.INT64),
                Field.of("conv_rate", Scalar.FLOAT),
                Field.of("trips", Scalar.INT64),
                Field.of("name", Scalar.STRING),
                Field.of("event_timestamp", Scalar.UNIX_TIMESTAMP),
                Field.of("created", Scalar.UNIX_TIMESTAMP));
        List<Value> row = List.of(
                new Value.Int(1003), new Value.Real(1), new Value.Int(11), new Value.Text("Cyd"), EARLIER, EARLIER);
        Map<String, Object> write = command(
                "offline_write_batch",
                "feature_view_names",
                List.of("driver_stats"),
                "name_aliases",
                aliases(null),
                "progress",
                "null");
        client.put(write, columns, List.of(row));
        FlightDescriptor flight = client.put(historical(), ASKED, List.of(asked(1003, LATER)));
        assertThat(client.get(flight).getFirst()).endsWith(11L, "Cyd");
        assertFailure(
                () -> client.put(write, ASKED, List.of(asked(1003, LATER))),
                FlightStatusCode.INVALID_ARGUMENT,
                "FeastError",
                "conv_rate");
    }

    @Test
    void keepsResults() throws Exception {
        Files.writeString(
                folder.resolve("more.yaml"),
                "data_sources: [{name: kept, path: kept.parquet, timestamp_field: event_timestamp}]");
        Repository.apply(store, folder);
        for (Map<String, Object> retrieval : List.of(historical(), pull("pull_all_from_table_or_query"))) {
            Map<String, Object> persist = command("persist");
            retrieval.forEach(persist::putIfAbsent);
            persist.put("retrieve_func", retrieval.get("api"));
            if (persist.putIfAbsent("data_source_name", "kept") != null) {
                assertFailure(() -> client.put(persist), FlightStatusCode.INVALID_ARGUMENT, "FeastError", "");
                persist.put("target_data_source_name", "kept");
            }
            persist.put("allow_overwrite", false);
            persist.put("timeout", 60);
            Path kept = folder.resolve("kept.parquet");
            client.put(persist, ASKED, List.of(asked(1001, LATER)));
            assertThat(kept).isNotEmptyFile();
            assertFailure(
                    () -> client.put(persist, ASKED, List.of(asked(1001, LATER))),
                    FlightStatusCode.INVALID_ARGUMENT,
                    "SavedDatasetLocationAlreadyExists",
                    "kept.parquet");
            Files.delete(kept);
        }
        FlightDescriptor pulled = client.put(pull("pull_all_from_table_or_query"));
        assertThat(client.get(pulled)).hasSize(2);
    }

    @Test
    void refusesServicesThatLogNowhere() {
        assertFailure(
                () -> client.put(command("write_logged_features", "feature_service_name", "ranking"), ASKED, List.of()),
                FlightStatusCode.INVALID_ARGUMENT,
                "FeastError",
                "logging_config");
        assertFailure(
                () -> client.put(command("write_logged_features", "feature_service_name", "none"), ASKED, List.of()),
                FlightStatusCode.NOT_FOUND,
                "FeatureServiceNotFoundException",
                "none");
    }

    @Test
    void namesTheClassesOfFeastsErrors() throws Exception {
        FlightDescriptor unknown = client.put(
                historical("feature_view_names", List.of("nobody"), "feature_refs", List.of("nobody:age")),
                ASKED,
                List.of(asked(1001, LATER)));
        assertFailure(
                () -> client.get(unknown), FlightStatusCode.NOT_FOUND, "FeatureViewNotFoundException", "'nobody'");
        FlightDescriptor source = client.put(pull("pull_all_from_table_or_query", "data_source_name", "none"));
        assertFailure(
                () -> client.get(source), FlightStatusCode.NOT_FOUND, "DataSourceObjectNotFoundException", "'none'");
        FlightDescriptor project = client.put(historical("project", "theirs"), ASKED, List.of(asked(1001, LATER)));
        assertFailure(() -> client.get(project), FlightStatusCode.INVALID_ARGUMENT, "FeastError", "'theirs'");
        assertThat(client.flight().listFlights(org.apache.arrow.flight.Criteria.ALL))
                .as("what failed is forgotten")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no json",
                "null",
                "[]",
                "{}",
                "{\"api\": 7}",
                "{\"api\": \"drop_everything\"}",
                "{\"api\": \"get_historical_features\"}",
                "{\"api\": \"get_historical_features\", \"feature_view_names\": [\"a\"], \"name_aliases\": []}",
                "{\"api\": \"offline_write_batch\", \"feature_view_names\": []}",
                "{\"api\": \"persist\", \"retrieve_func\": \"persist\", \"data_source_name\": \"stats\"}",
                "{\"api\": \"validate_data_source\", \"data_source_proto\": \"{\"}",
            })
    void refusesWhatIsNoCommand(String command) {
        FlightDescriptor descriptor =
                FlightDescriptor.command(command.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertFailure(
                () -> client.put(
                        descriptor,
                        new org.apache.arrow.vector.types.pojo.Schema(ASKED.stream()
                                .map(dev.manciple.arrow.ArrowTypes::field)
                                .toList()),
                        List.of()),
                FlightStatusCode.INVALID_ARGUMENT,
                "FeastError",
                "");
        assertThat(client.flight().listFlights(org.apache.arrow.flight.Criteria.ALL))
                .isEmpty();
    }

    @Test
    void cutsLongMessagesSoThatTheyArrive() throws Exception {
        String name = "日本".repeat(5_000);
        FlightDescriptor flight = client.put(
                historical("feature_view_names", List.of(name), "feature_refs", List.of(name + ":age")),
                ASKED,
                List.of(asked(1001, LATER)));
        assertFailure(() -> client.get(flight), FlightStatusCode.NOT_FOUND, "FeatureViewNotFoundException", "日本");
    }

    @Test
    void namesFeastsActionsAndItsOwnParameters() {
        Set<String> names = new HashSet<>();
        client.flight().listActions().forEach(action -> names.add(action.getType()));
        assertThat(names).contains("offline_write_batch", "write_logged_features", "persist", "join_key_maps");
    }

    static void assertFailure(
            ThrowingCallable call, @Nullable FlightStatusCode status, String feastClass, String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FlightRuntimeException.class, failure -> {
            assertThat(failure.status().description())
                    .contains("Flight error: {\"module\":\"feast.errors\",\"class\":\"" + feastClass)
                    .contains(text);
            if (status != null) {
                assertThat(failure.status().code()).isEqualTo(status);
            }
        });
    }
}
