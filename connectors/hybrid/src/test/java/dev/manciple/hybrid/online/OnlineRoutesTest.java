package dev.manciple.hybrid.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Routes;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.ViewMove;
import dev.manciple.spi.ViewMove.Phase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who keeps which view, on SQLite files one can look for. */
class OnlineRoutesTest {
    private static final Instant NOW = Instant.parse("2025-06-01T12:00:00Z");

    @TempDir
    Path folder;

    private final List<OnlineStore> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(OnlineStore::close);
    }

    @ParameterizedTest
    @CsvSource({
        "hot, hot",
        "HOT, hot",
        "cold, cold",
        "sqlite, cold",
        "SqliteOnlineStore, cold",
        "feast.infra.online_stores.sqlite.SqliteOnlineStore, cold",
        "inner, inner",
        "hybrid, inner"
    })
    void aTagIsANameElseAType(String tag, String child) {
        Routes routes = routes(router(
                Map.of("routing_tag", "team"),
                Map.of("name", "hot", "type", "hybrid", "online_stores", List.of(file("x"))),
                file("cold"),
                Map.of(
                        "name",
                        "inner",
                        "type",
                        "hybrid_online_store.HybridOnlineStore",
                        "online_stores",
                        List.of(file("y")))));
        if (tag.equals("hybrid")) {
            assertThat(routes.named(tag)).as("the type of two").isEmpty();
            assertThatThrownBy(() -> routes.childOf(view("v", "team", tag)))
                    .hasMessageContaining("That type is the type of several: hot, inner; write a name instead");
        } else {
            assertThat(routes.childOf(view("v", "team", tag))).isEqualTo(child);
        }
    }

    @Test
    void aNameStandsBeforeATypeOfAnother() {
        Routes routes = routes(router(
                Map.of(),
                file("other"),
                Map.of("name", "sqlite", "type", "hybrid", "online_stores", List.of(file("x")))));
        assertThat(routes.childOf(view("v", "tribe", "sqlite"))).isEqualTo("sqlite");
        assertThat(routes.children()).containsExactly("other", "sqlite");
    }

    @Test
    void viewsWithoutATagNeedADefault() {
        FeatureView untagged = view("drivers", "other", "x");
        Routes without = routes(router(Map.of("routing_tag", "team"), file("hot"), file("cold")));
        assertThatThrownBy(() -> without.childOf(untagged))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "online_store: feature view 'drivers': FeatureView must have a 'team' tag to use HybridOnlineStore. Its value is one of the known stores: hot, cold");
        Routes with = routes(router(Map.of("routing_tag", "team", "default", "Cold"), file("hot"), file("cold")));
        assertThat(with.childOf(untagged)).isEqualTo("cold");
    }

    @Test
    void planAndUpdateRefuseEveryViewWithoutAStoreBeforeTheyDoAnything() {
        OnlineStore router = router(Map.of("routing_tag", "team"), file("hot"), file("cold"));
        ViewChanges changes = new ViewChanges(
                List.of(view("good", "team", "hot"), view("bad", "team", "x"), view("worse", "no", "tag")), List.of());
        for (Runnable task : List.<Runnable>of(() -> router.plan(changes), () -> router.update(changes))) {
            assertThatThrownBy(task::run)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(
                            "feature view 'bad': No online store found for team tag 'x'. Please check your configuration. Known stores: hot, cold")
                    .hasMessageContaining("feature view 'worse': FeatureView must have a 'team' tag");
        }
        assertThat(folder.resolve("hot.db")).doesNotExist();
    }

    @Test
    void eachChildHearsOfItsOwnViewsOnlyAndOfTheRemovalOfItsLast() {
        OnlineStore router = router(Map.of("routing_tag", "team"), file("hot"), file("cold"));
        FeatureView hot = view("h", "team", "hot");
        FeatureView cold = view("c", "team", "cold");
        ViewChanges both = new ViewChanges(List.of(hot, cold), List.of());
        assertThat(router.plan(both))
                .containsExactly(
                        new InfraChange(Action.CREATE, "hot", "table", "shop_h"),
                        new InfraChange(Action.CREATE, "cold", "table", "shop_c"));
        router.update(both);
        assertThat(router.plan(both)).isEmpty();
        ViewChanges drop = new ViewChanges(List.of(hot), List.of(cold));
        assertThat(router.plan(drop)).containsExactly(new InfraChange(Action.DROP, "cold", "table", "shop_c"));
        router.update(drop);
        assertThat(router.plan(new ViewChanges(List.of(), List.of(hot, cold))))
                .containsExactly(new InfraChange(Action.DROP, "hot", "table", "shop_h"));
    }

    @Test
    void aViewToBeRemovedThatNobodyKeepsHindersNobody() {
        OnlineStore router = router(Map.of("routing_tag", "team"), file("hot"));
        FeatureView hot = view("h", "team", "hot");
        FeatureView lost = view("l", "team", "gone");
        router.update(new ViewChanges(List.of(hot), List.of(lost)));
        router.teardown(List.of(lost, hot));
        assertThat(router.plan(new ViewChanges(List.of(hot), List.of())))
                .containsExactly(new InfraChange(Action.CREATE, "hot", "table", "shop_h"));
    }

    @Test
    void aRouterInsideNamesTheWay() {
        OnlineStore router = router(
                Map.of(),
                Map.of("name", "in", "type", "hybrid", "routing_tag", "tier", "online_stores", List.of(file("hot"))),
                file("cold"));
        FeatureView view = view("v", "tribe", "in");
        Map<String, String> tags = new HashMap<>(view.about().tags());
        tags.put("tier", "hot");
        assertThat(router.plan(new ViewChanges(List.of(view.about(view.about().tags(tags))), List.of())))
                .containsExactly(new InfraChange(Action.CREATE, "in/hot", "table", "shop_v"));
    }

    @Test
    void aMoveIsKeptInTheDefinitionAndSaysWhoIsRead() {
        Routes routes = routes(router(Map.of("routing_tag", "team"), file("hot"), file("a b")));
        FeatureView view = view("v", "team", "HOT");
        assertThat(routes.moveOf(view)).isEmpty();
        assertThat(routes.placed(view, "hot")).as("already there").isEqualTo(view);
        for (Phase phase : Phase.values()) {
            ViewMove move = new ViewMove("hot", "a b", phase, NOW);
            FeatureView moving = routes.moving(view, move);
            assertThat(routes.moveOf(moving)).contains(move);
            assertThat(routes.childOf(moving)).isEqualTo(move.reading());
            assertThat(routes.placed(moving, "a b").about().tags()).isEqualTo(Map.of("team", "a b"));
        }
        assertThat(routes.moving(view, new ViewMove("hot", "a b", Phase.COPYING, NOW))
                        .about()
                        .tags())
                .containsEntry("manciple.dev/move-team", "copying from hot to a+b since 2025-06-01T12:00:00Z");
    }

    @Test
    void aMoveNobodyCanReadIsRefused() {
        Routes routes = routes(router(Map.of("routing_tag", "team"), file("hot")));
        for (String text : List.of("x", "copying from a to b since never", "flying from a to b since " + NOW)) {
            assertThatThrownBy(() -> routes.moveOf(view("v", "manciple.dev/move-team", text)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("feature view 'v': its tag 'manciple.dev/move-team'")
                    .hasMessageContaining("'" + text + "'");
        }
    }

    @Test
    void aFailureToMakeOneChildClosesTheOthers() {
        List<OnlineStore> closed = new ArrayList<>();
        RouterContext context =
                RouterContext.around(new InFolder(folder), (config, store) -> new ClosingStore(store, closed));
        assertThatThrownBy(() -> context.open(new StoreConfig(
                        "hybrid", Map.of("online_stores", List.of(file("a"), Map.of("type", "sqlite", "pth", "x"))))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pth");
        assertThat(closed).hasSize(1);
    }

    private OnlineStore router(Map<String, Object> options, Object... children) {
        Map<String, Object> all = new HashMap<>(options);
        all.put("online_stores", List.of(children));
        OnlineStore router = RouterContext.of(new InFolder(folder)).open(new StoreConfig("hybrid", all));
        opened.add(router);
        return router;
    }

    private static Map<String, Object> file(String name) {
        return Map.of("name", name, "type", "sqlite", "path", name + ".db");
    }

    private static Routes routes(OnlineStore router) {
        return router.routes().orElseThrow();
    }

    private static FeatureView view(String name, String tag, String value) {
        FeatureView view = FeatureView.of(name)
                .source(DataSource.Batch.files("unused.parquet"))
                .entities(List.of("driver"))
                .entityColumns(List.of(Field.of("driver", Scalar.INT64)))
                .features(Field.of("score", Scalar.INT64));
        return view.about(view.about().tags(Map.of(tag, value)));
    }
}
