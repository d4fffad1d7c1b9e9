package dev.manciple.hybrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.spi.StoreConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChildTest {
    @Test
    void optionsStandFlatOrInConf() {
        List<Child> children = Child.all(
                "stores",
                List.of(
                        block("bigquery", Map.of("dataset", "a")),
                        block("spark", Map.of("conf", Map.of("spark_master", "local"))),
                        block("duckdb", Map.of())));

        assertThat(children)
                .containsExactly(
                        new Child("bigquery", block("bigquery", Map.of("dataset", "a"))),
                        new Child("spark", block("spark", Map.of("spark_master", "local"))),
                        new Child("duckdb", block("duckdb", Map.of())));
    }

    @Test
    void anEmptyConfIsNoOptions() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("conf", null);
        assertThat(Child.all("stores", List.of(new StoreConfig("duckdb", options))))
                .containsExactly(new Child("duckdb", block("duckdb", Map.of())));
    }

    @Test
    void aNameTellsTwoStoresOfOneTypeApart() {
        List<Child> children = Child.all(
                "stores",
                List.of(
                        block("redis", Map.of("name", "hot", "conf", Map.of("db", 1))),
                        block("redis", Map.of("name", "warm", "db", 2))));

        assertThat(children)
                .containsExactly(
                        new Child("hot", block("redis", Map.of("db", 1))),
                        new Child("warm", block("redis", Map.of("db", 2))));
    }

    @Test
    void twoOfOneTypeNeedNames() {
        refused(
                "stores has two stores of type 'redis', [0] and [1]: give each a 'name'",
                block("redis", Map.of("db", 1)),
                block("redis", Map.of("db", 2)));
    }

    @Test
    void namesDifferInMoreThanCase() {
        refused(
                "stores has two stores named 'Hot', [0] and [1]",
                block("redis", Map.of("name", "hot")),
                block("redis", Map.of("name", "Hot")));
    }

    @Test
    void oneWithoutANameMayNotBeCalledAsAnother() {
        refused(
                "stores has two stores of type 'redis', [0] and [1]: give each a 'name'",
                block("cassandra", Map.of("name", "redis")),
                block("redis", Map.of()));
    }

    @Test
    void malformedChildrenAreRefused() {
        refused("stores must hold at least one store");
        refused("stores[0].name must be text", block("redis", Map.of("name", 7)));
        refused("stores[0].name must be text", block("redis", Map.of("name", " ")));
        refused("stores[0].conf must be a mapping", block("redis", Map.of("conf", "x")));
        refused(
                "stores[0] has options in 'conf' and beside it (db, host)",
                block("redis", Map.of("conf", Map.of(), "host", "h", "db", 1)));
    }

    private static void refused(String message, StoreConfig... blocks) {
        assertThatThrownBy(() -> Child.all("stores", List.of(blocks)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static StoreConfig block(String type, Map<String, Object> options) {
        return new StoreConfig(type, options);
    }
}
