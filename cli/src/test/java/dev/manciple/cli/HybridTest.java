package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's repository with its two views in two offline stores. */
class HybridTest {
    private static final String TWO_STORES = """
              type: hybrid
              offline_stores:
                - {name: lake, type: duckdb}
                - {name: barn, type: duckdb}
            """;

    @TempDir
    Path folder;

    private Cli cli = Cli.in(Path.of(""));
    private Path root = Path.of("");

    @BeforeEach
    void spread() throws IOException {
        cli = Cli.in(folder);
        assertThat(cli.run("demo").code()).isZero();
        root = folder.resolve("manciple-demo");
        edit("feature_store.yaml", "  type: duckdb\n", TWO_STORES);
        edit(
                "features.yaml",
                "      path: data/courier_stats.parquet\n",
                "      path: data/courier_stats.parquet\n      store: lake\n");
        edit(
                "features.yaml",
                "      path: data/market_prices.parquet\n",
                "      path: data/market_prices.parquet\n      store: barn\n");
    }

    @Test
    void oneRequestJoinsAcrossBoth() {
        assertThat(run("apply").code()).isZero();
        Cli.Result joined =
                run("get-historical-features", "--entities", "manciple-demo/orders.csv", "-S", "order_model");
        assertThat(joined.err()).isEmpty();
        assertThat(joined.out().lines().map(line -> line.replaceAll(" +", " ")))
                .anyMatch(line -> line.matches("corrected 1001 eel .* 0\\.99 9 .*"))
                .anyMatch(line -> line.matches("courier unknown 1099 leek .* null null [0-9.]+ [0-9.]+"));
        assertThat(run("materialize", "--disable-event-timestamp").code()).isZero();
    }

    @Test
    void planTellsWhatMovesAndExplainHow() {
        assertThat(run("plan").out())
                .contains("Offline stores lake, barn together can QUERY_SPINE")
                .contains("Feature service 'order_model' joins across lake, barn.");
        assertThat(run("apply").code()).isZero();
        assertThat(run(
                                "get-historical-features",
                                "--entities",
                                "manciple-demo/orders.csv",
                                "-S",
                                "order_model",
                                "--explain")
                        .out())
                .contains("offline store 'lake' (duckdb)", "offline store 'barn' (duckdb)")
                .contains("entity rows", "the answers are joined here by row id, in the order of the entity rows");
    }

    @Test
    void aViewWithoutAStoreIsRefusedByPlanAndByTheFirstRequest() throws IOException {
        assertThat(run("apply").code()).isZero();
        edit("feature_store.yaml", "    - {name: barn, type: duckdb}\n", "");
        Cli.Result plan = run("plan");
        assertThat(plan.code()).isEqualTo(1);
        assertThat(plan.err())
                .contains("feature view 'market_prices'")
                .contains("No offline store named 'barn' (its tag 'store'). Configured: lake (duckdb)");
        Cli.Result other = run(
                "get-historical-features", "--entities", "manciple-demo/orders.csv", "-f", "courier_stats:deliveries");
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("feature view 'market_prices'");
    }

    @Test
    void compareSourcesFindsNoDifferenceInACopyAndEveryOneInAnother() throws IOException {
        Files.copy(root.resolve("data/market_prices.parquet"), root.resolve("data/copy.parquet"));
        edit("features.yaml", "on_demand_feature_views:", """
                data_sources:
                  - {name: copy, path: data/copy.parquet, timestamp_field: event_timestamp, store: lake}
                  - name: late
                    path: data/copy.parquet
                    timestamp_field: event_timestamp
                    field_mapping: {stock_kg: price, price: stock_kg}
                    store: lake

                on_demand_feature_views:""");
        assertThat(run("apply").err()).isEmpty();
        Cli.Result same =
                run("compare-sources", "market_prices", "--other", "copy", "--entities", "manciple-demo/orders.csv");
        assertThat(same.err()).isEmpty();
        assertThat(same.out()).contains("7 entity rows joined with market_prices", "no difference");
        assertThat(same.code()).isZero();
        Cli.Result swapped =
                run("compare-sources", "market_prices", "--other", "late", "--entities", "manciple-demo/orders.csv");
        assertThat(swapped.code()).isEqualTo(1);
        assertThat(swapped.out()).contains("6 rows differ", "price", "stock_kg", "The first that differ:");
    }

    private Cli.Result run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "-c";
        all[1] = "manciple-demo";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return cli.run(all);
    }

    private void edit(String file, String before, String after) throws IOException {
        Path path = root.resolve(file);
        String text = Files.readString(path);
        assertThat(text).contains(before);
        Files.writeString(path, text.replace(before, after));
    }
}
