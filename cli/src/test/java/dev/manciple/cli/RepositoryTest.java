package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands on the repository that {@code init} makes. */
class RepositoryTest {
    private static final String END = "2100-01-01";

    @TempDir
    Path folder;

    private Cli cli;

    @BeforeEach
    void repository() {
        cli = Cli.in(folder);
        assertThat(run("init", "shop").code()).isZero();
    }

    @Test
    void initMakesARepositoryThatAppliesAsItIs() {
        assertThat(Files.isRegularFile(folder.resolve("shop/feature_store.yaml")))
                .isTrue();
        Cli.Result plan = run("-c", "shop", "plan");
        assertThat(plan.err()).isEmpty();
        assertThat(plan.out()).isEqualTo("""
                        Created entity customer
                        Created feature view customer_stats
                        Created feature service churn_v1

                        Created sqlite table shop_customer_stats
                        """);
        assertThat(folder.resolve("shop/data/registry.db")).doesNotExist();
        assertThat(run("-cshop", "apply").out())
                .startsWith("Applying changes for project shop\n")
                .contains(plan.out());
        assertThat(run("-cshop", "apply").out())
                .contains("No changes to registry\n")
                .contains("No changes to infrastructure\n");
    }

    @Test
    void initLeavesARepositoryThatIsThereAlone() throws IOException {
        Files.writeString(folder.resolve("shop/features.yaml"), "mine");
        Cli.Result again = run("init", "shop");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err())
                .isEqualTo("Error: %s is a feature repository already; nothing was changed\n"
                        .formatted(folder.resolve("shop")));
        assertThat(folder.resolve("shop/features.yaml")).hasContent("mine");
    }

    @Test
    void initTakesBackWhatItMadeWhereAFileIsInTheWay() throws IOException {
        Files.createDirectories(folder.resolve("half"));
        Files.writeString(folder.resolve("half/features.yaml"), "mine");
        Cli.Result result = run("init", "half");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("half/features.yaml: it already exists");
        assertThat(folder.resolve("half").toFile().list()).containsExactly("features.yaml");
        assertThat(folder.resolve("half/features.yaml")).hasContent("mine");
    }

    @Test
    void initRefusesNamesThatNoProjectMayHave() {
        for (String name : new String[] {"_shop", "-", "a b", "ü", "a/b"}) {
            Cli.Result result = run("init", "--", name);
            assertThat(result.code()).as(name).isEqualTo(1);
            assertThat(result.err()).contains("'" + name + "' cannot be a project's name: use letters, digits");
        }
        assertThat(folder.toFile().list()).containsExactly("shop");
    }

    @Test
    void materializesAndReadsBack() {
        apply();
        Cli.Result materialized = run("-cshop", "materialize", "2000-01-01", END);
        assertThat(materialized.err()).isEmpty();
        assertThat(materialized.out().lines().toList().subList(0, 2))
                .containsExactly(
                        "VIEW            FROM                  TO                    ROWS",
                        "customer_stats  2000-01-01T00:00:00Z  2100-01-01T00:00:00Z     3");
        assertThat(run("-cshop", "get-online-features", "-e", "customer_id=1,9", "-S", "churn_v1")
                        .out())
                .isEqualTo("""
                        customer_id  orders_7d  basket_eur
                                  1          3        11.5
                                  9  not found   not found
                        """);
        assertThat(run("-cshop", "feature-views", "list").out()).contains(" 2100-01-01T00:00:00Z");
    }

    @Test
    void answersOnlineReadsInTheJsonOfFeastsHttpEndpoint() {
        apply();
        run("-cshop", "materialize", "2000-01-01", END);
        JsonNode answer = json(run(
                "-cshop",
                "get-online-features",
                "-e",
                "customer_id=1",
                "-e",
                "customer_id=9",
                "-f",
                "customer_stats:orders_7d",
                "-f",
                "customer_stats:basket_eur",
                "--json"));
        assertThat(answer.at("/metadata/feature_names").toString())
                .isEqualTo("[\"customer_id\",\"orders_7d\",\"basket_eur\"]");
        assertThat(answer.at("/results/0").toString())
                .isEqualTo(
                        "{\"values\":[1,9],\"statuses\":[\"PRESENT\",\"PRESENT\"],\"event_timestamps\":[\"1970-01-01T00:00:00Z\",\"1970-01-01T00:00:00Z\"]}");
        assertThat(answer.at("/results/1/values").toString()).isEqualTo("[3,null]");
        assertThat(answer.at("/results/1/statuses").toString()).isEqualTo("[\"PRESENT\",\"NOT_FOUND\"]");
        assertThat(answer.at("/results/2/values").toString()).isEqualTo("[11.5,null]");
    }

    @Test
    void materializesWhatIsNewOnlyOnceMore() {
        apply();
        assertThat(json(run("-cshop", "materialize-incremental", END, "--json"))
                        .at("/views/customer_stats/rows")
                        .asInt())
                .isEqualTo(3);
        JsonNode again = json(run("-cshop", "materialize-incremental", "2100-01-02", "--json"));
        assertThat(again.at("/views/customer_stats/from").asString()).isEqualTo("2100-01-01T00:00:00Z");
        assertThat(again.at("/views/customer_stats/rows").asInt()).isZero();
    }

    @Test
    void passesOverWhatIsMaterializedFurtherThanAskedFor() {
        apply();
        run("-cshop", "materialize-incremental", "2100-01-02");
        Cli.Result earlier = run("-cshop", "materialize-incremental", "2100-01-01");
        assertThat(earlier.code()).as(earlier.err()).isZero();
        assertThat(earlier.err()).contains("'customer_stats' is materialized up to 2100-01-02T00:00:00Z");
        assertThat(json(run("-cshop", "materialize-incremental", "2100-01-01", "--json"))
                        .at("/views/customer_stats/nothing_to_do")
                        .asString())
                .contains("nothing to do");
    }

    @Test
    void joinsHistoryFromEachKindOfEntityRows() throws IOException {
        apply();
        Files.writeString(folder.resolve("rows.csv"), "customer_id,event_timestamp\n1,2100-01-01\n2,1970-01-02\n");
        String[] features = {"-f", "customer_stats:orders_7d"};
        assertThat(historical(features, "--entities", "rows.csv").out()).isEqualTo("""
                        customer_id  event_timestamp       orders_7d
                                  1  2100-01-01T00:00:00Z       null
                                  2  1970-01-02T00:00:00Z       null
                        """);
        assertThat(historical(features, "--entity-sql", "SELECT 1 AS customer_id, now() AS event_timestamp", "--json")
                        .out())
                .contains("\"orders_7d\" : 3");
        assertThat(historical(features, "-d", "[{\"customer_id\": 1, \"event_timestamp\": \"1999-01-01\"}]", "--json")
                        .out())
                .contains("\"orders_7d\" : null");
        assertThat(historical(features, "--start", "2000-01-01", "--end", END, "--limit", "2"))
                .satisfies(result -> assertThat(result.out().lines()).hasSize(3))
                .satisfies(result -> assertThat(result.err()).startsWith("… and 7 more rows"));
    }

    @Test
    void writesHistoryToFilesOfEachFormat() throws IOException {
        apply();
        for (String file : new String[] {"out.parquet", "out.csv", "out.arrow"}) {
            Cli.Result result = historical(
                    new String[] {"-S", "churn_v1"}, "--start", "2000-01-01", "--end", END, "--output", file);
            assertThat(result.out()).isEqualTo("9 rows in %s%n".formatted(file));
            assertThat(Files.size(folder.resolve(file))).isPositive();
        }
        assertThat(Files.readAllLines(folder.resolve("out.csv"))).hasSize(10);
        Cli.Result unknown = historical(
                new String[] {"-S", "churn_v1"}, "--start", "2000-01-01", "--end", END, "--output", "out.txt");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).contains("out.txt").contains(".parquet");
        assertThat(folder.resolve("out.txt")).doesNotExist();
    }

    @Test
    void showsHowFarALongResultIsToWhoWatches() {
        apply();
        String[] command = {
            "-cshop",
            "get-historical-features",
            "-s",
            "2000-01-01",
            "-S",
            "churn_v1",
            "-o",
            "out.parquet",
            "--overwrite"
        };
        assertThat(cli.watching(Terminal.Stream.ERR).run(command).err()).contains("Joining", "9/? rows");
        assertThat(run(command).err()).isEmpty();
    }

    @Test
    void keepsAResultThatIsThere() throws IOException {
        apply();
        Path result = Files.writeString(folder.resolve("out.csv"), "the labels of a year");
        String[] features = {"-S", "churn_v1"};
        String[] rows = {"--start", "2000-01-01", "--end", END, "--output", "out.csv"};
        assertThat(historical(features, rows).code()).isEqualTo(1);
        assertThat(historical(features, rows).err())
                .isEqualTo("Error: '%s' exists already; choose another name, or allow overwriting (--overwrite)\n"
                        .formatted(result));
        assertThat(result).hasContent("the labels of a year");
        rows = Arrays.copyOf(rows, rows.length + 1);
        rows[rows.length - 1] = "--overwrite";
        assertThat(historical(features, rows).code()).isZero();
        assertThat(Files.readAllLines(result)).hasSize(10);
    }

    @Test
    void explainsWithoutRunning() throws IOException {
        apply();
        Files.delete(folder.resolve("shop/data/customer_stats.csv"));
        Cli.Result result = run(
                "-cshop",
                "get-historical-features",
                "--entity-sql",
                "SELECT 1 AS customer_id, now() AS event_timestamp",
                "-S",
                "churn_v1",
                "--explain");
        assertThat(result.out() + result.err()).contains("customer_stats");
    }

    @Test
    void listsAndDescribesWhatIsRegistered() {
        apply();
        assertThat(run("-cshop", "entities", "list").out())
                .isEqualTo("NAME      DESCRIPTION         TYPE\ncustomer  Someone who orders  INT64\n");
        assertThat(run("-cshop", "data-sources", "list").out()).contains("data/customer_stats.csv  FileSource");
        assertThat(run("-cshop", "feature-views", "list").out())
                .contains("customer_stats  customer  FeatureView  Yes      365d  never");
        assertThat(run("-cshop", "feature-services", "list").out())
                .contains("churn_v1  customer_stats:orders_7d, customer_stats:basket_eur");
        assertThat(run("-cshop", "on-demand-feature-views", "list").out()).isEqualTo("NAME  FEATURES\n");
        assertThat(run("-cshop", "projects", "list").out()).contains("\nshop");
        assertThat(run("-cshop", "projects", "describe", "shop").out()).contains("name: shop");
        assertThat(run("-cshop", "feature-views", "describe", "customer_stats").out())
                .contains("spec:\n  name: customer_stats\n");
        assertThat(json(run("-cshop", "entities", "describe", "customer", "--json"))
                        .at("/spec/joinKey")
                        .asString())
                .isEqualTo("customer_id");
        assertThat(json(run("-cshop", "registry-dump"))
                        .at("/featureViews/0/spec/name")
                        .asString())
                .isEqualTo("customer_stats");
        assertThat(json(run("-cshop", "entities", "list", "--json"))
                        .at("/0/type")
                        .asString())
                .isEqualTo("INT64");
        Cli.Result unknown = run("-cshop", "entities", "describe", "customr");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).isEqualTo("Error: Entity 'customr' does not exist. Known: customer\n");
    }

    @Test
    void listsByTag() throws IOException {
        Path features = folder.resolve("shop/features.yaml");
        Files.writeString(
                features,
                Files.readString(features)
                        .replace("description: Someone who orders", "tags: {team: shop, tier: gold}"));
        apply();
        assertThat(run("-cshop", "entities", "list", "--tags", "team:shop", "--tags", "tier:gold")
                        .out())
                .contains("customer");
        assertThat(run("-cshop", "entities", "list", "--tags", "team:shop", "--tags", "tier:none")
                        .out())
                .doesNotContain("customer");
        Cli.Result bad = run("-cshop", "entities", "list", "--tags", "team");
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.err()).contains("'team' is not a tag: write key:value");
    }

    @Test
    void asksBeforeItDeletes() throws IOException {
        apply();
        Path features = folder.resolve("shop/features.yaml");
        String text = Files.readString(features);
        Files.writeString(features, text.substring(0, text.indexOf("feature_services:")));

        Cli.Result nobody = run("-cshop", "apply");
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err())
                .isEqualTo(
                        "Error: The repository no longer asks for feature service 'churn_v1'. Nothing was changed; run apply with --yes to delete.\n");
        Cli.Result no = cli.typing("n\n").run("-cshop", "apply");
        assertThat(no.code()).isEqualTo(1);
        assertThat(nobody.out() + no.out())
                .as("nothing is told as done that was not done")
                .doesNotContain("Deleted");
        assertThat(no.err()).contains("This deletes feature service 'churn_v1'. Go on? [y/N] ");
        assertThat(run("-cshop", "feature-services", "list").out()).contains("churn_v1");

        Cli.Result yes = cli.typing("y\n").run("-cshop", "apply");
        assertThat(yes.code()).isZero();
        assertThat(yes.out()).contains("Deleted feature service churn_v1\n");
        assertThat(run("-cshop", "feature-services", "list").out()).doesNotContain("churn_v1");
    }

    @Test
    void asksBeforeItDeletesRowsThatAreServed() throws IOException {
        apply();
        Path features = folder.resolve("shop/features.yaml");
        Files.writeString(
                features, Files.readString(features).replace("    ttl: 365d", "    ttl: 365d\n    online: false"));

        Cli.Result nobody = run("-cshop", "apply");
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err()).contains("no longer asks for sqlite table 'shop_customer_stats'", "--yes");
        assertThat(run("-cshop", "plan").out()).contains("Deleted sqlite table shop_customer_stats");
        assertThat(run("-cshop", "apply", "--yes").code()).isZero();
    }

    @Test
    void initNamesAProjectAsItsTablesCanBeNamed() {
        assertThat(run("init", "my-shop").code()).isZero();
        assertThat(run("-cmy-shop", "apply").out()).contains("project my_shop");
    }

    @Test
    void tearsDownOnlyWhenToldTo() {
        apply();
        assertThat(run("-cshop", "teardown").code()).isEqualTo(1);
        assertThat(run("-cshop", "entities", "list").out()).contains("customer");
        assertThat(run("-cshop", "teardown", "--yes").out()).isEqualTo("Removed project shop\n");
        assertThat(run("-cshop", "entities", "list").out()).doesNotContain("customer");
    }

    @Test
    void tellsWhyAViewWasNotMaterializedInOneParagraph() throws IOException {
        apply();
        Files.writeString(folder.resolve("shop/data/customer_stats.csv"), "other\n1\n");
        Cli.Result result = run("-cshop", "materialize", "2000-01-01", END);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err().lines())
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("Error: feature view 'customer_stats' was not materialized: ")
                .contains("customer_stats.csv", "customer_id", "other");
        assertThat(Failures.paragraph("Parser Error: here\n\n  LINE 1: SELEC\n \t\n^\n"))
                .isEqualTo("Parser Error: here%n  LINE 1: SELEC%n^".formatted());
    }

    @Test
    void anApplyThatCannotBeCommittedSaysSoAndCanBeRepeated() throws IOException {
        Path lock = Files.createDirectories(folder.resolve("shop/data/.registry.db.lock"));
        Cli.Result failed = run("-cshop", "apply");
        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.err()).startsWith("Error: ").contains("registry.db");
        assertThat(failed.out()).doesNotContain("Created");
        assertThat(folder.resolve("shop/data/registry.db")).doesNotExist();
        assertThat(run("-cshop", "feature-views", "list").out()).doesNotContain("customer_stats");
        Files.delete(lock);
        assertThat(run("-cshop", "apply").out()).contains("Created feature view customer_stats");
        assertThat(run("-cshop", "apply").out()).contains("No changes to registry", "No changes to infrastructure");
    }

    @Test
    void purgesWhatHasExpired() throws IOException {
        Path features = folder.resolve("shop/features.yaml");
        Files.writeString(features, Files.readString(features).replace("ttl: 365d", "ttl: 60"));
        apply();
        run("-cshop", "materialize", "2000-01-01", END);
        assertThat(run("-cshop", "get-online-features", "-e", "customer_id=1", "-S", "churn_v1")
                        .out())
                .contains("expired");
        assertThat(run("-cshop", "get-online-features", "-e", "customer_id=1", "-S", "churn_v1", "--expired-values")
                        .out())
                .contains("3 (expired)");
        assertThat(run("-cshop", "purge").out()).contains("customer_stats             3");
        assertThat(run("-cshop", "get-online-features", "-e", "customer_id=1", "-S", "churn_v1")
                        .out())
                .contains("not found");
    }

    @Test
    void validatesWithoutTouchingAnything() {
        Cli.Result result = run("-cshop", "validate");
        assertThat(result.out())
                .isEqualTo("Project 'shop' is valid: 1 entity, 1 data source, 1 feature view, 1 feature service\n");
        assertThat(folder.resolve("shop/data").toFile().list()).containsExactly("customer_stats.csv");
    }

    @Test
    void doctorTellsWhatIsWellAndWhatToDo() throws IOException {
        Cli.Result fresh = run("-cshop", "doctor");
        assertThat(fresh.code()).isZero();
        assertThat(fresh.out())
                .contains("Registry        nothing of project 'shop' yet")
                .contains("→ Run 'manciple apply'.");
        apply();
        Cli.Result applied = run("-cshop", "doctor");
        assertThat(applied.out().lines()).allMatch(line -> line.startsWith("ok "));
        assertThat(applied.out())
                .contains("Java ")
                .contains("JVM flags ")
                .contains("Configuration   shop/feature_store.yaml, project 'shop'")
                .contains("Registry        1 feature view, 1 feature service")
                .contains("Offline store   duckdb, 1 source can be read")
                .contains("Online store    sqlite, 1 view");
        Files.delete(folder.resolve("shop/data/customer_stats.csv"));
        Files.delete(folder.resolve("shop/data/online_store.db"));
        Cli.Result broken = run("-cshop", "doctor");
        assertThat(broken.code()).isEqualTo(1);
        assertThat(broken.out())
                .contains("PROBLEM  Offline store   ")
                .contains("→ Check source 'data/customer_stats.csv'.")
                .contains("PROBLEM  Online store    sqlite, but table 'shop_customer_stats' is missing")
                .contains("→ Run 'manciple apply'.");

        Files.delete(folder.resolve("shop/features.yaml"));
        Files.writeString(folder.resolve("shop/features.py"), "from feast import Entity\n");
        assertThat(run("-cshop", "doctor").out())
                .contains("→ Apply the repository with Feast.")
                .doesNotContain("manciple apply");
    }

    @Test
    void doctorLooksAtAllThatCanBeLookedAt() throws IOException {
        Path configuration = folder.resolve("shop/feature_store.yaml");
        Files.writeString(configuration, Files.readString(configuration) + "onlin_store: x\ncoerce_tz_aware: maybe\n");
        Path definitions = folder.resolve("shop/features.yaml");
        String right = Files.readString(definitions);
        Files.writeString(definitions, right + "colour: red\n");
        Cli.Result unreadable = run("-cshop", "doctor");
        assertThat(unreadable.code()).isEqualTo(1);
        assertThat(unreadable.out())
                .containsPattern(
                        "PROBLEM  Configuration   line \\d+: onlin_store: unknown key, did you mean 'online_store'?")
                .containsPattern("PROBLEM  Configuration   line \\d+: coerce_tz_aware")
                .containsOnlyOnce("→ Correct the file; docs/configuration.md has every key.")
                .containsPattern("PROBLEM  Definitions     features.yaml:\\d+: colour: unknown key")
                .contains("PROBLEM  Registry        not looked at", "→ Correct what is wrong above first.");

        Files.writeString(definitions, right);
        Files.writeString(configuration, """
                project: shop
                registry: data/registry.db
                offline_store: {type: duckdb, thread: 3}
                online_store: {type: sqlite, paht: data/online_store.db}
                """);
        Cli.Result sections = run("-cshop", "doctor");
        assertThat(sections.code()).isEqualTo(1);
        assertThat(sections.out())
                .contains("did you mean 'threads'?", "did you mean 'path'?")
                .contains("ok       Definitions     ")
                .contains("ok       Registry        nothing of project 'shop' yet")
                .contains("PROBLEM  Offline store   not looked at")
                .contains("PROBLEM  Online store    not looked at");
    }

    /** Without a source there is nothing to describe, and the store would never be opened. */
    @Test
    void doctorOpensAStoreWithoutSources() throws IOException {
        Path configuration = folder.resolve("shop/feature_store.yaml");
        Files.writeString(
                configuration,
                Files.readString(configuration).replace("type: duckdb", "type: duckdb\n  database: typo.duckdb"));
        Files.delete(folder.resolve("shop/features.yaml"));
        Cli.Result result = run("-cshop", "doctor");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out())
                .contains("PROBLEM  Offline store   The DuckDB database '" + folder.resolve("shop/typo.duckdb"));
        assertThat(folder.resolve("shop/typo.duckdb")).doesNotExist();
    }

    @Test
    void takesAConfigurationFromElsewhere() throws IOException {
        Path moved = Files.move(folder.resolve("shop/feature_store.yaml"), folder.resolve("other.yaml"));
        assertThat(moved).exists();
        assertThat(run("-cshop", "plan").code()).isEqualTo(1);
        assertThat(run("-cshop", "-f", "other.yaml", "plan").code()).isZero();
        assertThat(cli.environment("FEATURE_REPO_DIR_ENV_VAR", "shop")
                        .environment("FEAST_FS_YAML_FILE_PATH", "other.yaml")
                        .run("plan")
                        .code())
                .isZero();
    }

    private void apply() {
        assertThat(run("-cshop", "apply"))
                .satisfies(result -> assertThat(result.err()).isEmpty());
    }

    private Cli.Result historical(String[] features, String... rows) {
        String[] command = new String[2 + features.length + rows.length];
        command[0] = "-cshop";
        command[1] = "get-historical-features";
        System.arraycopy(features, 0, command, 2, features.length);
        System.arraycopy(rows, 0, command, 2 + features.length, rows.length);
        return run(command);
    }

    private Cli.Result run(String... arguments) {
        return cli.run(arguments);
    }

    private static JsonNode json(Cli.Result result) {
        assertThat(result.err()).isEmpty();
        return JsonMapper.shared().readTree(result.out());
    }
}
