package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands over a router of two SQLite files. */
class HybridCommandsTest {
    private static final String ONLINE = """
            online_store:
              type: hybrid
              routing_tag: team
              online_stores:
                - {name: hot, type: sqlite, path: data/hot.db}
                - {name: cold, type: sqlite, path: data/cold.db}
            """;

    @TempDir
    Path folder;

    private Cli cli;

    @BeforeEach
    void repository() throws IOException {
        cli = Cli.in(folder);
        configure("online_store: {type: sqlite, path: data/online.db}\n");
        define("");
        Files.writeString(folder.resolve("scores.csv"), "driver,event_timestamp,score\n1,2025-06-01T12:00:00Z,10\n");
    }

    private void configure(String online) throws IOException {
        Files.writeString(
                folder.resolve("feature_store.yaml"),
                "project: shop\nregistry: {path: data/registry.db, cache_ttl_seconds: 0}\n" + online);
    }

    private void define(String tags) throws IOException {
        Files.writeString(folder.resolve("features.yaml"), """
                entities:
                  - {name: driver, join_keys: [driver], value_type: INT64}
                feature_views:
                  - name: scores
                    entities: [driver]
                    %s
                    schema: [{name: score, dtype: Int64}]
                    source: {path: scores.csv, timestamp_field: event_timestamp}
                """.formatted(tags));
    }

    @Test
    void aViewWithoutAPlaceIsRefusedByPlanApplyAndOpen() throws IOException {
        assertThat(cli.run("apply").code()).isZero();
        configure(ONLINE);
        String[][] commands = {
            {"plan"},
            {"apply"},
            {"get-online-features", "-e", "driver=1", "-f", "scores:score"},
            {"materialize-incremental", "2025-06-02"},
            {"purge"}
        };
        for (String[] command : commands) {
            Cli.Result refused = cli.run(command);
            assertThat(refused.code()).as(command[0]).isEqualTo(1);
            assertThat(refused.err())
                    .contains(
                            "feature view 'scores': FeatureView must have a 'team' tag to use HybridOnlineStore. Its value is one of the known stores: hot, cold");
        }
        define("tags: {team: warm}");
        assertThat(cli.run("plan").err())
                .contains(
                        "feature view 'scores': No online store found for team tag 'warm'. Please check your configuration. Known stores: hot, cold");
        define("tags: {team: hot}");
        assertThat(cli.run("apply").code()).as("an apply mends it").isZero();
        assertThat(cli.run("get-online-features", "-e", "driver=1", "-f", "scores:score")
                        .code())
                .isZero();
    }

    @Test
    void aChangedTagIsAMove() throws IOException {
        configure(ONLINE);
        define("tags: {team: hot}");
        assertThat(cli.run("apply").out()).contains("Created hot table shop_scores");
        assertThat(cli.run("materialize", "2025-06-01", "2025-06-02").code()).isZero();
        define("tags: {team: cold}");
        String refusal =
                "Feature view 'scores' has its rows in online store 'hot', but its tags say 'cold', where there are none. Run 'manciple move scores --to cold' first, then apply; or change its tags back.";
        assertThat(cli.run("plan").out()).contains(refusal);
        assertThat(cli.run("apply").err()).contains(refusal);
        assertThat(cli.run("move", "scores", "--to", "cold").err()).contains("cache_ttl_seconds is 0", "--settle 0");
        assertThat(cli.run("move", "scores", "--to", "cold", "--settle", "0", "--finish")
                        .out()
                        .lines())
                .startsWith(
                        "Making room for 'scores' in 'cold'",
                        "Copying the rows of 'scores' from 'hot' to 'cold'",
                        "Comparing 'scores' in 'hot' and 'cold'",
                        "'scores' is read from 'cold' now; writes still reach both")
                .endsWith(
                        "'scores' is written to 'cold' only from now on",
                        "Removing 'scores' from 'hot'",
                        "'scores' is in 'cold'");
        assertThat(cli.run("plan").out()).contains("No changes to registry", "No changes to infrastructure");
        assertThat(cli.run("get-online-features", "-e", "driver=1", "-f", "scores:score")
                        .out())
                .contains("10");
    }

    @Test
    void programsGetJson() throws IOException {
        configure(ONLINE);
        define("tags: {team: hot}");
        cli.run("apply");
        cli.run("materialize", "2025-06-01", "2025-06-02");
        JsonNode plan = json("--json", "move", "scores", "--to", "cold", "--settle", "0", "--plan");
        assertThat(plan.get("from").stringValue()).isEqualTo("hot");
        assertThat(plan.get("rows").longValue()).isEqualTo(1);
        assertThat(plan.get("infrastructure").get(0).get("name").stringValue()).isEqualTo("shop_scores");
        JsonNode report = json("--json", "move", "scores", "--to", "cold", "--settle", "0");
        assertThat(report.get("state").stringValue()).isEqualTo("cut_over");
        assertThat(report.get("copied").longValue()).isEqualTo(1);
        assertThat(json("--json", "move", "scores", "--roll-back", "--settle", "0")
                        .get("state")
                        .stringValue())
                .isEqualTo("over");
        assertThat(json("--json", "get-online-features", "-e", "driver=1", "-f", "scores:score", "--details")
                        .get("metadata")
                        .get("failures"))
                .isEmpty();
    }

    @Test
    void ordersThatMakeNoSenseAreUsageErrors() {
        assertThat(cli.run("move", "scores").code()).isEqualTo(2);
        assertThat(cli.run("move", "scores", "--to", "a", "--roll-back").code()).isEqualTo(2);
        assertThat(cli.run("move", "scores", "--finish", "--plan").err()).contains("--plan needs --to");
        assertThat(cli.run("move", "scores", "--to", "a", "--settle", "soon").err())
                .contains("--settle: 'soon' is not a duration");
    }

    private JsonNode json(String... command) {
        Cli.Result result = cli.run(command);
        assertThat(result.code()).as(result.err()).isZero();
        return JsonMapper.shared().readTree(result.out());
    }
}
