package dev.manciple.hybrid.online;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.ApplyPlan;
import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.PlanOptions;
import dev.manciple.model.DataSource;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.registry.FileRegistry;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.Value;
import dev.manciple.tck.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * A feature store in a folder with the view {@code scores}, tagged {@code team: hot}, whose online stores {@code hot} and
 * {@code cold} are SQLite files. It can be closed and opened again, as a process that was killed and started anew.
 */
final class MovingShop implements AutoCloseable {
    static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    static final Field SCORE = Field.of("score", Scalar.INT64);
    static final Field NOTE = Field.of("note", Scalar.STRING);

    private static final Entity DRIVER = Entity.of("driver").type(Scalar.INT64);
    private static final Field KEY = Field.of("driver", Scalar.INT64);
    private static final Field TIME = Field.of("event_timestamp", Scalar.UNIX_TIMESTAMP);

    private final Path folder;
    private final Wrapper wrapper;
    private final List<Map<String, Object>> children;
    private final BufferAllocator allocator = new RootAllocator();
    private FeatureStore store;

    /** What is put around the parts of the feature store. */
    interface Wrapper {
        Wrapper NOTHING = new Wrapper() {};

        /** @param name the child's */
        default OnlineStore child(String name, OnlineStore store) {
            return store;
        }

        default Registry registry(Registry registry) {
            return registry;
        }
    }

    MovingShop(Path folder, Wrapper wrapper) {
        this(
                folder,
                wrapper,
                List.of(
                        Map.of("name", "hot", "type", "sqlite", "path", "hot.db"),
                        Map.of("name", "cold", "type", "sqlite", "path", "cold.db")));
    }

    /** @param children of the router, instead of the two files */
    MovingShop(Path folder, Wrapper wrapper, List<Map<String, Object>> children) {
        this.folder = folder;
        this.children = children;
        this.wrapper = wrapper;
        this.store = open(wrapper);
    }

    private FeatureStore open(Wrapper around) {
        RouterContext context = RouterContext.around(
                new InFolder(folder, Optional.of(allocator)),
                (config, child) -> around.child(
                        String.valueOf(config.options().get("path")).replace(".db", ""), child));
        Map<String, Object> online = Map.of("routing_tag", "team", "deadline", "30s", "online_stores", children);
        return FeatureStore.of(
                "shop",
                around.registry(new FileRegistry(folder.resolve("registry.db"), false, InstantSource.system())),
                context.offlineStore(new StoreConfig("file", Map.of())),
                context.open(new StoreConfig("hybrid", online)),
                allocator);
    }

    FeatureStore store() {
        return store;
    }

    /** Starts the process anew, with the wrapper or without. */
    void restart(boolean wrapped) {
        store.close();
        store = open(wrapped ? wrapper : Wrapper.NOTHING);
    }

    // ---- definitions ---------------------------------------------------------------------------------------------

    static FeatureView view(String team, Field... features) {
        FeatureView view = FeatureView.of("scores")
                .source(DataSource.Batch.files("history.csv")
                        .time(new TimeColumns("event_timestamp", Optional.empty(), Optional.empty())))
                .entities(DRIVER)
                .features(features.length == 0 ? new Field[] {SCORE} : features);
        return view.about(view.about().tags(Map.of("team", team)));
    }

    ApplyPlan plan(FeatureView view) {
        return store.plan(List.of(DRIVER, view), new PlanOptions(false, true));
    }

    MovingShop applied(FeatureView view) {
        store.apply(plan(view));
        return this;
    }

    FeatureView registered() {
        return (FeatureView) Objects.requireNonNull(store.registry().views().get("scores"));
    }

    // ---- rows ----------------------------------------------------------------------------------------------------

    MovingShop write(Instant time, long score, long... drivers) {
        List<List<Value>> rows = LongStream.of(drivers)
                .mapToObj(driver -> List.<Value>of(new Value.Int(driver), new Value.Int(score), new Value.Time(time)))
                .toList();
        try (ArrowReader reader = Table.of(List.of(KEY, SCORE, TIME), rows).reader(allocator)) {
            assertThat(store.writeOnline("scores", reader).failedViews()).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** The history that can be materialized: one row at noon per driver. */
    MovingShop history(long score, long... drivers) {
        List<String> lines = new ArrayList<>(List.of("driver,event_timestamp,score"));
        LongStream.of(drivers).forEach(driver -> lines.add("%d,%s,%d".formatted(driver, NOON, score)));
        try {
            Files.write(folder.resolve("history.csv"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    static long[] drivers(long from, long to) {
        return LongStream.range(from, to).toArray();
    }

    OnlineFeatures read(long... drivers) {
        return store.onlineFeatures(
                FeatureSelection.of(new FeatureRef("scores", "score")),
                Map.of(
                        "driver",
                        LongStream.of(drivers).<Value>mapToObj(Value.Int::new).toList()),
                OnlineOptions.DEFAULT);
    }

    /** The scores of drivers; -1 where there is none. */
    List<Long> scores(long... drivers) {
        OnlineFeatures answer = read(drivers);
        List<Long> scores = new ArrayList<>();
        for (int i = 0; i < drivers.length; i++) {
            boolean present = answer.statuses().get(1).get(i) == FieldStatus.PRESENT;
            scores.add(present && answer.values().get(1).get(i) instanceof Value.Int(long score) ? score : -1L);
        }
        return scores;
    }

    @Override
    public void close() {
        store.close();
        allocator.close();
    }
}
