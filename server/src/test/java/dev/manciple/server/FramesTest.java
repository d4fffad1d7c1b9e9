package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** What cells of requests become. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FramesTest {
    private static final List<String> FEATURES = List.of(
            "number", "numbers", "part", "parts", "maps", "times", "scalars", "json", "jsons", "text", "real", "flag",
            "moment");

    private Path folder;
    private FeatureStore store;
    private FeatureServer server;
    private Http http;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        this.folder = folder;
        Files.writeString(folder.resolve("shapes.csv"), """
                driver_id,number,numbers,part,parts,maps,times,scalars,json,jsons,text,real,flag,moment,event_timestamp
                1001,7,,,,,,,,,,0.5,true,2024-05-01T10:00:00Z,2024-05-01T10:00:00Z
                """);
        store = Repository.with(folder, """
                data_sources:
                  - name: shapes
                    path: shapes.csv
                    timestamp_field: event_timestamp
                entities:
                  - {name: mark, join_keys: [mark], value_type: bytes}
                feature_views:
                  - name: marked
                    entities: [mark]
                    schema:
                      - {name: mark, dtype: Bytes}
                      - {name: weight, dtype: Int64}
                    stream_source: {name: marks, type: push}
                  - name: marked_too
                    entities: [mark]
                    schema:
                      - {name: mark, dtype: Bytes}
                      - {name: weight, dtype: Int64}
                    stream_source: {name: marks, type: push}
                  - name: shapes
                    entities: [driver]
                    schema:
                      - {name: number, dtype: Int64}
                      - {name: numbers, dtype: Array(Int64)}
                      - {name: part, dtype: "Struct({a: Int64, inner: Struct({b: String})})"}
                      - {name: parts, dtype: "Array(Struct({a: Int64}))"}
                      - {name: maps, dtype: Array(Map)}
                      - {name: times, dtype: Array(UnixTimestamp)}
                      - {name: scalars, dtype: ScalarMap}
                      - {name: json, dtype: Json}
                      - {name: jsons, dtype: Array(Json)}
                      - {name: text, dtype: String}
                      - {name: real, dtype: Float64}
                      - {name: flag, dtype: Bool}
                      - {name: moment, dtype: UnixTimestamp}
                    source: shapes
                on_demand_feature_views:
                  - name: read
                    sources: [driver_stats]
                    schema: [{name: name_as_number, dtype: Int64}]
                    expressions: {name_as_number: CAST(name AS BIGINT)}
                """);
        server = FeatureServer.start(store, ServerOptions.DEFAULT.withPort(0), "test");
        http = Http.of(server);
    }

    @AfterAll
    void stop() {
        server.close();
        store.close();
    }

    private HttpResponse<String> write(String column, String cell) throws Exception {
        String others = FEATURES.stream()
                .filter(name -> !name.equals(column))
                .map("\"%s\": [null], "::formatted)
                .collect(Collectors.joining());
        return http.post("/write-to-online-store", """
                {"feature_view_name": "shapes", "df": {%s "driver_id": [1], "%s": [%s], "event_timestamp": ["2024-06-01"]}}
                """.formatted(others, column, cell));
    }

    private String read(String column) throws Exception {
        HttpResponse<String> answer = http.post("/get-online-features", """
                {"entities": {"driver_id": [1]}, "features": ["shapes:%s"]}
                """.formatted(column));
        return Http.json(answer).get("results").get(1).get("values").toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    parts | ["{\\"a\\": 1}", "{\\"a\\": 2}"] | [[{"a":1},{"a":2}]]
                    parts | [{"a": 1}, null]                 | [[{"a":1},null]]
                    parts | "[{\\"a\\": 1}, null]"           | [[{"a":1},null]]
                    maps  | ["{\\"a\\": \\"x\\"}"]            | [[{"a":"x"}]]
                    maps  | [{"a": [1, true], "b": {"c": 0.5}, "d": "1", "e": null}] | [[{"a":[1,true],"b":{"c":0.5},"d":"1","e":null}]]
                    maps  | ["{\\"a\\": 1}", {"b": "{}"}]    | [[{"a":1},{"b":"{}"}]]
                    part  | "{\\"a\\": 1}"                   | [{"a":1,"inner":null}]
                    part  | {"inner": "{\\"b\\": \\"{}\\"}"}   | [{"a":null,"inner":{"b":"{}"}}]
                    """)
    void mapsAndStructsMayBeInTextWhereverTheyStand(String column, String cell, String value) throws Exception {
        HttpResponse<String> answer = write(column, cell);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

        assertThat(read(column)).isEqualTo(value);
    }

    @Test
    void rowsPushedToBothStoresAreInEach() throws Exception {
        HttpResponse<String> pushed = http.post("/push", """
                {"push_source_name": "stats_push", "to": "online_and_offline", "df": {"driver_id": [7007], "conv_rate": [0.25],
                 "trips": [3], "name": ["Cy"], "event_timestamp": ["2024-06-01"], "created": ["2024-06-01"]}}
                """);
        assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(200);

        HttpResponse<String> read = http.post("/get-online-features", """
                {"entities": {"driver_id": [7007]}, "features": ["driver_stats:name"]}
                """);
        assertThat(read.body()).contains("\"Cy\"");
        assertThat(Files.readAllLines(folder.resolve("stats.csv")))
                .filteredOn(line -> line.contains("7007"))
                .hasSize(1);
    }

    private HttpResponse<String> pushBoth(String keys, String others) throws Exception {
        return http.post("/push", """
                {"push_source_name": "stats_push", "to": "online_and_offline", "df": {"driver_id": %s, "conv_rate": [0.25, 0.5],
                 "name": ["Cy", "Di"], %s "event_timestamp": ["2024-06-01", 1717243200.0], "created": ["2024-06-01", "2024-06-01"]}}
                """.formatted(keys, others));
    }

    private List<String> historyOf(String key) throws IOException {
        return Files.readAllLines(folder.resolve("stats.csv")).stream()
                .filter(line -> line.contains(key))
                .toList();
    }

    /** Whoever is told that a push failed pushes again. */
    @Test
    void rowsThatOneStoreCannotTakeAreInNeither() throws Exception {
        assertThat(pushBoth("[8008, null]", "\"trips\": [3, 4],").statusCode()).isEqualTo(400);
        assertThat(historyOf("8008")).isEmpty();

        assertThat(pushBoth("[8008, 8009]", "").statusCode())
                .as("without a column of the history")
                .isEqualTo(400);
        assertThat(http.post(
                                "/get-online-features",
                                "{\"entities\": {\"driver_id\": [8008]}, \"features\": [\"driver_stats:name\"]}")
                        .body())
                .contains("NOT_FOUND");

        assertThat(pushBoth("[8008, 8009]", "\"trips\": [3, 4],").statusCode()).isEqualTo(200);
        assertThat(historyOf("8008")).hasSize(1);
    }

    @Test
    void aFailureThatViewsShareIsToldOnce() throws Exception {
        HttpResponse<String> answer = http.post("/push", """
                {"push_source_name": "marks", "to": "offline", "df": {"mark": ["/wE="], "weight": [7], "event_timestamp": ["2024-06-01"]}}
                """);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    }

    /** Nobody who asks can do anything about what is stored. */
    @Test
    void aStoredValueThatAnExpressionCannotTakeSpoilsItsFeaturesAlone() throws Exception {
        HttpResponse<String> answer = http.post("/get-online-features", """
                {"entities": {"driver_id": [1001]}, "features": ["driver_stats:trips", "read:name_as_number"], "include_details": true}
                """);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(Http.json(answer).at("/results/1/values").toString()).isEqualTo("[7]");
        assertThat(Http.json(answer).at("/results/2/statuses").toString()).isEqualTo("[\"INVALID\"]");
        assertThat(Http.json(answer).at("/metadata/failures/0/view").asString()).isEqualTo("read");
    }

    @Test
    void ofManyRowsNoneIsWrittenIfOneCannotBe() throws Exception {
        String keys = "\"/wI=\",".repeat(25_000);
        String numbers = "1,".repeat(25_000);
        String times = "1717243200,".repeat(25_000);
        HttpResponse<String> answer = http.post(
                "/write-to-online-store",
                "{\"feature_view_name\": \"marked\", \"df\": {\"mark\": [%snull], \"weight\": [%s1], \"event_timestamp\": [%s1717243200]}}"
                        .formatted(keys, numbers, times));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Row 25001 has a null join key");
        HttpResponse<String> read = http.post(
                "/get-online-features", "{\"entities\": {\"mark\": [\"/wI=\"]}, \"features\": [\"marked:weight\"]}");
        assertThat(read.body()).contains("NOT_FOUND");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    5.0  | 5
                    "70" | 70
                    """)
    void numbersMayComeAsPandasHasThem(String cell, String value) throws Exception {
        HttpResponse<String> answer = write("number", cell);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

        assertThat(read("number")).isEqualTo("[%s]".formatted(value));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    json  | {"a": [1, 2.50, 1e16, null], "é\\n": true} | "{\\"a\\": [1, 2.5, 1e+16, null], \\"\\\\u00e9\\\\n\\": true}"
                    json  | 7                      | "7"
                    json  | "[1]"                  | "[1]"
                    jsons | [{"a": 1}, "{}", []]   | ["{\\"a\\": 1}","{}","[]"]
                    text  | 5                      | "5"
                    text  | 1.5                    | "1.5"
                    text  | 0.00001                | "1e-05"
                    text  | true                   | "True"
                    real  | 10000000000000000000   | 1.0E19
                    flag  | 0                      | false
                    flag  | 1                      | true
                    moment | 1700000100.0          | 1700000100
                    moment | 1700000100.5          | 1700000100
                    """)
    void valuesOfOtherKindsAreTakenAsPythonTakesThem(String column, String cell, String value) throws Exception {
        HttpResponse<String> answer = write(column, cell);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

        assertThat(read(column)).isEqualTo("[%s]".formatted(value));
    }

    @Test
    void keysOfBytesAreBase64WhicheverWayTheyGo() throws Exception {
        HttpResponse<String> written = http.post("/write-to-online-store", """
                {"feature_view_name": "marked", "df": {"mark": ["/wE="], "weight": [7], "event_timestamp": ["2024-06-01"]}}
                """);
        assertThat(written.statusCode()).as(written.body()).isEqualTo(200);
        HttpResponse<String> answer = http.post("/get-online-features", """
                {"entities": {"mark": ["/wE="]}, "features": ["marked:weight"]}
                """);
        assertThat(Http.json(answer).at("/results/0/values").toString()).isEqualTo("[\"/wE=\"]");
        assertThat(Http.json(answer).at("/results/1/values").toString()).isEqualTo("[7]");
        HttpResponse<String> refused = http.post("/get-online-features", """
                {"entities": {"mark": ["-"]}, "features": ["marked:weight"]}
                """);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("mark: '-' is not base64");
    }

    @Test
    void timesInMillisecondsAreNotTakenForSeconds() throws Exception {
        HttpResponse<String> answer = http.post("/write-to-online-store", """
                {"feature_view_name": "shapes", "df": {"driver_id": [1], "number": [1], "event_timestamp": [1717243200000]}}
                """);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("a number is a time in seconds, of the years 1 to 9999");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    number  | "zzz"              | Column 'number' of df: 'zzz' cannot be read as Int64: not a number
                    number  | 5.5                | Column 'number' of df: '5.5' cannot be read as Int64: it is no whole number
                    numbers | 7                  | Column 'numbers' of df: '7' is no Array(Int64)
                    numbers | ["zzz"]            | Column 'numbers' of df: 'zzz' is no Int64
                    parts   | ["[1]"]            | Column 'parts' of df: '[1]' is no Struct({a: Int64})
                    parts   | ["{a"]             | Column 'parts' of df: '{a' is no JSON, as a Struct({a: Int64}) is sent in text
                    part    | {"inner": [1]}     | Column 'part' of df: '[1]' is no Struct({b: String})
                    number  | true               | Column 'number' of df: 'true' is no Int64
                    times   | [1717243200000]    | Column 'times' of df: A time: '1717243200000' cannot be read as UnixTimestamp: a number is a time in seconds, of the years 1 to 9999
                    scalars | {"1": "x"}         | Column 'scalars' of df: '{"1":"x"}' is no ScalarMap
                    """)
    void cellsThatDoNotFitAreToldAsTheyWereSent(String column, String cell, String message) throws Exception {
        HttpResponse<String> answer = write(column, cell);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JsonMapper.shared()
                        .readTree(Http.json(answer).asString())
                        .get("message")
                        .asString())
                .isEqualTo(message);
    }
}
