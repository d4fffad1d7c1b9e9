package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people get wrong: one clear paragraph, the right exit code, and nothing written. */
class BadInputTest {
    @TempDir
    Path folder;

    private Cli cli;
    private Path config;
    private Path features;
    private Path data;

    @BeforeEach
    void repository() {
        cli = Cli.in(folder);
        assertThat(cli.run("init", "shop").code()).isZero();
        config = folder.resolve("shop/feature_store.yaml");
        features = folder.resolve("shop/features.yaml");
        data = folder.resolve("shop/data/customer_stats.csv");
    }

    @Test
    void noConfiguration() {
        assertRefused(
                run("-c", "nowhere", "apply"),
                folder.resolve("nowhere/feature_store.yaml") + ": there is no such file",
                "manciple init");
    }

    @Test
    void malformedConfiguration() throws IOException {
        Files.writeString(config, "project: shop\n  registry: [a\n");
        assertRefused(run("-cshop", "apply"), "feature_store.yaml: line 2: not valid YAML");
    }

    @Test
    void unknownKeysAllAtOnce() throws IOException {
        edit(config, "provider: local", "provider: local\nonlin_store: {}\nofline_store: {}");
        assertRefused(
                run("-cshop", "apply"),
                "feature_store.yaml: 2 problems",
                "onlin_store: unknown key, did you mean 'online_store'?",
                "ofline_store: unknown key, did you mean 'offline_store'?");
    }

    @Test
    void unknownStoreType() throws IOException {
        edit(config, "type: sqlite", "type: sqlit");
        assertRefused(run("-cshop", "apply"), "online_store: type 'sqlit'", "did you mean 'sqlite'?");
    }

    @Test
    void aDatabaseForARegistryWithoutItsPassword() throws IOException {
        edit(config, "registry: data/registry.db", "registry: postgresql://ada:hunter2@db.example/feast");
        Cli.Result outcome = run("-cshop", "validate");
        assertRefused(outcome, "postgresql://***@db.example/feast", "unsupported scheme");
        assertThat(outcome.err()).doesNotContain("hunter2");
    }

    @Test
    void optionsOfVersionsThereAreNot() {
        assertRefused(run("-cshop", "apply", "--no-promote"), "--no-promote is not supported", "Nothing was changed");
        assertRefused(
                run("-cshop", "materialize", "2020-01-01", "2030-01-01", "--version", "v2"),
                "--version v2 is not supported");
    }

    @Test
    void wrongTypeOfAConfigurationValue() throws IOException {
        edit(config, "project: shop", "project: [shop]");
        assertRefused(run("-cshop", "apply"), "feature_store.yaml: line 1: project: must be text, was a list");
    }

    @Test
    void wrongDefinitionsAllAtOnceWithTheirLines() throws IOException {
        edit(features, "dtype: Int64", "dtype: Int65");
        edit(features, "ttl: 365d", "ttl: soon");
        edit(features, "timestamp_field", "timestamp_feld");
        assertRefused(
                run("-cshop", "apply"),
                "3 problems",
                "features.yaml:10: feature view 'customer_stats', ttl",
                "features.yaml:12: feature view 'customer_stats', schema[0].dtype: unknown type 'Int65', did you mean 'Int64'?",
                "source.timestamp_feld: unknown key, did you mean 'timestamp_field'?");
    }

    @Test
    void duplicateNamesInAnyCase() throws IOException {
        Files.writeString(folder.resolve("shop/more.yaml"), """
                name: CUSTOMER_STATS
                entities: [customer]
                source: {name: other, path: data/customer_stats.csv, timestamp_field: event_timestamp}
                """);
        assertRefused(run("-cshop", "apply"), "more.yaml:1", "'CUSTOMER_STATS'", "'customer_stats'");
    }

    @Test
    void sourceFileMissing() throws IOException {
        Files.delete(data);
        assertRefused(
                run("-cshop", "apply"), "data source 'data/customer_stats.csv'", data.toString(), "does not exist");
    }

    @Test
    void sourceFileWithOtherColumns() throws IOException {
        edit(data, "basket_eur", "basket_usd");
        assertRefused(run("-cshop", "apply"), "'customer_stats'", "'basket_eur'", "did you mean 'basket_usd'?");
    }

    @Test
    void sourceFileOfAnotherType() throws IOException {
        edit(data, ",3,11.50", ",three,11.50");
        assertRefused(run("-cshop", "apply"), "'orders_7d' as INT64", "'data/customer_stats.csv' has STRING");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "basket_eur + | is not one scalar SQL expression",
                "count(*) | cannot be evaluated",
                "basket_usd * 2 | \"basket_usd\" not found",
                "[basket_eur] | gives a list",
            })
    void anExpressionThatComputesNothing(String expression, String problem) throws IOException {
        Files.writeString(folder.resolve("shop/computed.yaml"), """
                on_demand_feature_views:
                  - name: basket_cents
                    sources: ["customer_stats:basket_eur"]
                    schema: [{name: cents, dtype: Int64}]
                    expressions: {cents: %s}
                """.formatted(yaml(expression)));
        for (String command : new String[] {"validate", "plan", "apply"}) {
            assertRefused(run("-cshop", command), "on demand feature view 'basket_cents'", "'cents'", problem);
        }
    }

    @Test
    void foreignRegistryFile() throws IOException {
        Path registry = Files.writeString(folder.resolve("shop/data/registry.db"), "not a registry");
        for (String command : new String[] {"apply", "plan", "registry-dump"}) {
            Cli.Result result = run("-cshop", command);
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains(registry.toString()).contains("holds no registry");
            assertParagraph(result.err());
        }
        assertThat(registry).hasContent("not a registry");
        assertThat(folder.resolve("shop/data/online_store.db")).doesNotExist();
    }

    @Test
    void truncatedRegistryFile() throws IOException {
        apply();
        Path registry = folder.resolve("shop/data/registry.db");
        byte[] whole = Files.readAllBytes(registry);
        byte[] half = java.util.Arrays.copyOf(whole, whole.length / 2);
        Files.write(registry, half);
        Cli.Result result = run("-cshop", "apply");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains(registry.toString()).contains("cut short");
        assertThat(Files.readAllBytes(registry)).isEqualTo(half);
    }

    @Test
    void placesThatCannotBeWritten() throws IOException {
        // A file where a folder is needed refuses even a user who may do everything.
        edit(config, "registry: data/registry.db", "registry: features.yaml/registry.db");
        Cli.Result registry = run("-cshop", "apply");
        assertThat(registry.code()).isEqualTo(1);
        assertThat(registry.err()).contains("features.yaml/registry.db");
        assertParagraph(registry.err());
        edit(config, "registry: features.yaml/registry.db", "registry: data/registry.db");
        edit(config, "path: data/online_store.db", "path: features.yaml/online_store.db");
        Cli.Result online = run("-cshop", "apply");
        assertThat(online.code()).isEqualTo(1);
        assertThat(online.err()).contains("features.yaml/online_store.db");
        assertThat(folder.resolve("shop/data/registry.db"))
                .as("the registry comes last")
                .doesNotExist();
    }

    /** Where even a user who may do everything creates nothing. */
    @EnabledOnOs(OS.LINUX)
    @ParameterizedTest
    @ValueSource(strings = {"out.parquet", "out.csv", "out.arrow"})
    void resultsInPlacesThatCannotBeWritten(String name) throws IOException {
        apply();
        Path rows = Files.writeString(folder.resolve("rows.csv"), "customer_id,event_timestamp\n1,2100-01-01\n");
        String output = "/proc/self/" + name;
        Cli.Result result = run(
                "-cshop",
                "get-historical-features",
                "--entities",
                rows.toString(),
                "-S",
                "churn_v1",
                "--output",
                output);
        assertFailed(result, output, "cannot be written");
        assertThat(result.err()).doesNotContain(".tmp", "COPY");
    }

    @EnabledOnOs(OS.LINUX)
    @Test
    void storesInPlacesThatCannotBeWritten() throws IOException {
        edit(config, "path: data/online_store.db", "path: /proc/self/online_store.db");
        assertRefused(run("-cshop", "apply"), "/proc/self/online_store.db");
        edit(config, "path: /proc/self/online_store.db", "path: data/online_store.db");
        edit(config, "registry: data/registry.db", "registry: /proc/self/registry.db");
        assertFailed(run("-cshop", "apply"), "/proc/self/registry.db");
    }

    @Test
    void aDatabaseThatIsMissingIsNotMade() throws IOException {
        edit(config, "type: duckdb", "type: duckdb\n  database: typo.duckdb");
        for (String command : new String[] {"validate", "apply"}) {
            assertRefused(
                    run("-cshop", command), folder.resolve("shop/typo.duckdb").toString(), "does not exist");
        }
        assertThat(folder.resolve("shop/typo.duckdb")).doesNotExist();
    }

    @Test
    void unknownFeatures() {
        apply();
        assertFailed(
                run("-cshop", "get-online-features", "-e", "customer_id=1", "-f", "customer_stat:orders_7d"),
                "Feature view 'customer_stat' does not exist. Did you mean 'customer_stats'?");
        assertFailed(
                run("-cshop", "get-online-features", "-e", "customer_id=1", "-f", "customer_stats:orders"),
                "Feature 'customer_stats:orders' does not exist");
        assertFailed(
                run("-cshop", "get-online-features", "-e", "customer_id=1", "-f", "orders_7d"),
                "Invalid feature reference 'orders_7d': expected view:feature");
        assertFailed(
                run("-cshop", "get-online-features", "-e", "customer_id=1", "-S", "churn"),
                "Feature service 'churn' does not exist");
        assertFailed(run("-cshop", "materialize", "2025-01-01", "2025-02-01", "-v", "nope"), "'nope' does not exist");
    }

    @Test
    void wrongEntities() {
        apply();
        assertFailed(
                run("-cshop", "get-online-features", "-e", "customer_id=one", "-S", "churn_v1"),
                "customer_id: 'one' cannot be read as Int64");
        assertFailed(
                run("-cshop", "get-online-features", "-e", "1", "-S", "churn_v1"),
                "'1' names no entity: write key=value");
        assertFailed(run("-cshop", "get-online-features", "-e", "user=1", "-S", "churn_v1"), "customer_id");
    }

    @Test
    void wrongEntityFiles() throws IOException {
        apply();
        assertFailed(historical("missing.csv"), "missing.csv", "does not exist");
        Files.writeString(folder.resolve("rows.txt"), "customer_id,event_timestamp\n1,2025-01-01\n");
        assertFailed(historical("rows.txt"), "rows.txt", ".parquet, .csv");
        Files.writeString(folder.resolve("rows.csv"), "customer_id\n1\n");
        assertFailed(historical("rows.csv"), "event_timestamp");
        Files.writeString(folder.resolve("rows.csv"), "customer,event_timestamp\n1,2025-01-01\n");
        assertFailed(historical("rows.csv"), "customer_id");
        Files.writeString(folder.resolve("rows.csv"), "customer_id,event_timestamp\n1,2025-01-01\n2,soon\n");
        assertFailed(historical("rows.csv"), "Row 2", "'soon'", "rows.csv");
        Files.writeString(folder.resolve("rows.csv"), "customer_id,event_timestamp\n1.5,2025-01-01\n");
        assertFailed(historical("rows.csv"), "rows.csv', column 'customer_id': '1.5' is not a whole number of 64 bits");
        Files.writeString(folder.resolve("rows.parquet"), "no parquet");
        assertFailed(historical("rows.parquet"), "rows.parquet");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"customer_id\": 1}",
                "[1]",
                "[null]",
                "null",
                "1",
                "[{\"customer_id\": 1}",
                "[{customer_id: 1}]",
                ""
            })
    void entityRowsThatAreNoJsonRows(String json) {
        apply();
        Cli.Result result = run("-cshop", "get-historical-features", "-d", json, "-S", "churn_v1");
        assertFailed(result, "The rows are not a JSON array of objects, such as [{");
        assertThat(result.err()).doesNotContain("java");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "customer_id | 1.5 | '1.5' cannot be read as Int64: it is no whole number",
                "customer_id | 99999999999999999999 | cannot be read as Int64: outside -9223372036854775808 to",
                "customer_id | \"one\" | 'one' cannot be read as Int64: not a number",
                "event_timestamp | \"soon\" | 'soon' cannot be read as UnixTimestamp: write a time as 2025-01-31T12:00:00Z",
            })
    void valuesOfJsonRowsThatAreNone(String column, String value, String problem) {
        apply();
        String json =
                "[{\"customer_id\": 1, \"event_timestamp\": \"2100-01-01\"}, {\"%s\": %s}]".formatted(column, value);
        assertFailed(
                run("-cshop", "get-historical-features", "-d", json, "-S", "churn_v1"),
                "Row 2: Column '" + column + "'",
                problem);
    }

    @Test
    void aResultThatCannotBeWrittenLeavesNothing() throws IOException {
        apply();
        Files.writeString(folder.resolve("rows.csv"), "customer_id,event_timestamp\n1,2025-01-01\n2,soon\n");
        Files.writeString(folder.resolve("out.csv"), "before");
        Cli.Result result = run(
                "-cshop",
                "get-historical-features",
                "--entities",
                "rows.csv",
                "-S",
                "churn_v1",
                "-o",
                "out.csv",
                "--overwrite");
        assertFailed(result, "'soon'");
        assertThat(folder.resolve("out.csv")).hasContent("before");
        assertThat(names(folder)).containsExactlyInAnyOrder("shop", "rows.csv", "out.csv");
    }

    @Test
    void wrongTimes() {
        apply();
        assertFailed(run("-cshop", "materialize", "2025-02-01", "2025-01-01"), "2025-02-01", "2025-01-01");
        assertUsage(
                run("-cshop", "materialize", "2025-13-01", "2025-02-01"),
                "START",
                "'2025-13-01' is not a time. Write a date (2025-01-01)");
        assertUsage(run("-cshop", "materialize", "2025-01-01"), "END is needed after START");
        assertUsage(run("-cshop", "materialize"), "START and END are needed, or --disable-event-timestamp");
        assertUsage(
                run("-cshop", "materialize", "2025-01-01", "2025-02-01", "--disable-event-timestamp"),
                "START and END are not wanted with --disable-event-timestamp");
        assertFailed(
                run("-cshop", "get-historical-features", "-s", "2025-02-01", "-e", "2025-01-01", "-S", "churn_v1"),
                "2025-02-01");
    }

    @ParameterizedTest
    @CsvSource({
        "serve, -p, 70000",
        "serve, --port, -1",
        "serve, --grpc-port, 65536",
        "serve, --metrics-port, 70000",
        "serve, --offline-port, 70000",
        "serve, --registry-port, 70000",
        "serve, --registry-rest-port, 70000",
        "serve_offline, -p, 70000",
        "serve_offline, --metrics-port, 70000",
        "serve_registry, -p, 70000",
        "serve_registry, --rest-port, http",
        "listen, --metrics-port, 99999999999"
    })
    void portsThereAreNot(String command, String option, String port) {
        assertUsage(
                run("-cshop", command, option, port),
                option.equals("-p") ? "--port" : option,
                "'%s' is no port: write a number from 0 to 65535".formatted(port));
    }

    @ParameterizedTest
    @CsvSource({"serve, -r, -5", "serve, --keep-alive-timeout, -3", "listen, -r, -5"})
    void timesThatAreNone(String command, String option, String seconds) {
        assertUsage(
                run("-cshop", command, option, seconds),
                "'%s' is no number of seconds: write one from 0".formatted(seconds));
    }

    @Test
    void addressesThatAreNone() {
        assertUsage(
                run("-cshop", "listen", "-a", "localhost"), "--address", "'localhost' is not of the form HOST:PORT");
        assertUsage(run("-cshop", "listen", "-a", "localhost:70000"), "--address", "'70000' is no port");
    }

    @Test
    void wrongCommandLines() {
        assertUsage(run(), "Missing required subcommand");
        assertUsage(run("aply"), "Unmatched argument at index 0: 'aply'", "Did you mean 'apply'");
        assertUsage(run("entities"), "Missing required subcommand");
        assertUsage(run("get-online-features", "-e", "a=1"), "-f=VIEW:FEATURE", "-S=SERVICE");
        assertUsage(run("get-historical-features", "-S", "s"), "--entities", "--entity-sql");
        assertUsage(
                run("get-historical-features", "-S", "s", "--entities", "a", "--entity-sql", "b"),
                "mutually exclusive");
        assertUsage(run("plan", "--log-level", "loud"), "loud", "WARNING");
    }

    @Test
    void sqlInNamesIsOnlyAName() throws IOException {
        String name = "o\"'; DROP TABLE x; --";
        edit(data, "orders_7d", "\"" + name.replace("\"", "\"\"") + "\"");
        edit(features, "name: orders_7d", "name: '" + name.replace("'", "''") + "'");
        apply();
        assertThat(run("-cshop", "materialize", "2000-01-01", "2100-01-01").code())
                .isZero();
        Cli.Result online = run("-cshop", "get-online-features", "-e", "customer_id=1", "-f", "customer_stats:" + name);
        assertThat(online.err()).isEmpty();
        assertThat(online.out()).contains(name).endsWith("3\n");
        Cli.Result history = run(
                "-cshop",
                "get-historical-features",
                "-d",
                "[{\"customer_id\": 1, \"event_timestamp\": \"2100-01-01\"}]",
                "-f",
                "customer_stats:" + name);
        assertThat(history.err()).isEmpty();
        assertThat(history.out()).contains(name);
    }

    @Test
    void aProjectsNameHoldsNoSql() throws IOException {
        edit(config, "project: shop", "project: " + yaml("shop\"'; DROP TABLE x; --"));
        assertRefused(run("-cshop", "apply"), "project: 'shop\"'; DROP TABLE x; --' may have letters, digits");
    }

    /** Entity, join key, view, feature, the columns of them and of times, service, source and result. */
    @Test
    void sqlInEveryNameIsOnlyAName() throws IOException {
        String evil = "\"'; DROP TABLE x; --";
        Path file = folder.resolve("shop/data/f" + evil + ".csv");
        Files.writeString(
                file,
                "%s,%s,%s,%s\n1,2025-01-01,2025-01-01,7\n"
                        .formatted(csv("ck" + evil), csv("t" + evil), csv("c" + evil), csv("cf" + evil)));
        Files.writeString(features, """
                entities:
                  - {name: %s, join_keys: [%s], value_type: INT64}
                feature_views:
                  - name: %s
                    entities: [%s]
                    schema:
                      - {name: %s, dtype: Int64}
                    source:
                      path: %s
                      timestamp_field: %s
                      created_timestamp_column: %s
                      field_mapping: {%s: %s, %s: %s}
                feature_services:
                  - {name: %s, features: [%s]}
                """.formatted(
                        yaml("e" + evil),
                        yaml("k" + evil),
                        yaml("v" + evil),
                        yaml("e" + evil),
                        yaml("f" + evil),
                        yaml("data/f" + evil + ".csv"),
                        yaml("t" + evil),
                        yaml("c" + evil),
                        yaml("ck" + evil),
                        yaml("k" + evil),
                        yaml("cf" + evil),
                        yaml("f" + evil),
                        yaml("s" + evil),
                        yaml("v" + evil)));
        apply();
        assertThat(run("-cshop", "materialize", "2000-01-01", "2100-01-01").err())
                .doesNotContain("Error");
        Cli.Result online = run("-cshop", "get-online-features", "-e", "k" + evil + "=1", "-S", "s" + evil);
        assertThat(online.err()).isEmpty();
        assertThat(online.out()).contains("f" + evil).endsWith("7\n");
        Path rows = Files.writeString(folder.resolve("rows.csv"), csv("k" + evil) + ",event_timestamp\n1,2100-01-01\n");
        Path result = folder.resolve("out" + evil + ".csv");
        Cli.Result history = run(
                "-cshop",
                "get-historical-features",
                "--entities",
                rows.toString(),
                "-f",
                "v" + evil + ":f" + evil,
                "--output",
                result.toString());
        assertThat(history.err()).doesNotContain("Error");
        assertThat(result)
                .hasContent("%s,event_timestamp,%s\n1,2100-01-01,7".formatted(csv("k" + evil), csv("f" + evil)));
    }

    private static String yaml(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String csv(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    @Test
    void onlyPythonDefinitions() throws IOException {
        apply();
        Files.delete(features);
        Files.writeString(folder.resolve("shop/features.py"), "from feast import Entity\n");
        for (String command : new String[] {"apply", "plan"}) {
            Cli.Result result = run("-cshop", command);
            assertFailed(result, "written in Python (features.py)", "which Manciple does not run");
            assertThat(result.err()).hasLineCount(1);
        }
        assertThat(run("-cshop", "feature-views", "list").out()).contains("customer_stats");
        assertThat(run("-cshop", "materialize", "2000-01-01", "2100-01-01").code())
                .isZero();
    }

    @Test
    void debugShowsWhereAFailureCameFrom() {
        Cli.Result result = run("--debug", "-c", "nowhere", "plan");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("\tat dev.manciple.").contains("Error: ");
    }

    private void apply() {
        assertThat(run("-cshop", "apply"))
                .satisfies(result -> assertThat(result.err()).isEmpty());
    }

    private Cli.Result historical(String entities) {
        return run("-cshop", "get-historical-features", "--entities", entities, "-S", "churn_v1");
    }

    private Cli.Result run(String... arguments) {
        return cli.run(arguments);
    }

    /** Refused before anything was written. */
    private void assertRefused(Cli.Result result, String... parts) {
        assertFailed(result, parts);
        assertThat(folder.resolve("shop/data/registry.db")).doesNotExist();
        assertThat(folder.resolve("shop/data/online_store.db")).doesNotExist();
    }

    private static void assertFailed(Cli.Result result, String... parts) {
        assertThat(result.err()).contains(parts);
        assertThat(result.code()).isEqualTo(1);
        assertParagraph(result.err());
    }

    private static void assertUsage(Cli.Result result, String... parts) {
        assertThat(result.err()).contains(parts).contains("--help'");
        assertThat(result.code()).isEqualTo(2);
        assertParagraph(result.err());
    }

    private static void assertParagraph(String text) {
        assertThat(text)
                .startsWith("Error: ")
                .doesNotContain("\tat ")
                .doesNotContain("Exception")
                .doesNotContain("\n\n");
    }

    private static void edit(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
