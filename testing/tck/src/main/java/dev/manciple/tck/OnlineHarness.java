package dev.manciple.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The machinery behind {@link OnlineStoreContract}: one store, one simple view that is set up, and rows in one line. */
abstract class OnlineHarness extends KitTest {
    static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    static final Duration HOUR = Duration.ofHours(1);

    static final String KEY = "driver_id";
    static final Field SCORE = Field.of("score", Scalar.INT64);
    static final Field NOTE = Field.of("note", Scalar.STRING);
    static final FeatureView DRIVERS = view("drivers", List.of(Field.of(KEY, Scalar.INT64)), SCORE, NOTE);

    private final List<OnlineStore> opened = new ArrayList<>();
    private @Nullable OnlineFixture fixture;
    private @Nullable OnlineStore store;

    /** A fixture of the store under test; asked for once per test, with an empty folder. */
    protected abstract OnlineFixture fixture(Path emptyFolder);

    @BeforeEach
    final void open() {
        fixture = fixture(folder);
        store = open("tck");
        update(DRIVERS);
    }

    @AfterEach
    final void close() {
        opened.forEach(OnlineStore::close);
        if (fixture != null) {
            fixture.close();
        }
    }

    final OnlineFixture fixture() {
        return Objects.requireNonNull(fixture);
    }

    final OnlineStore store() {
        return Objects.requireNonNull(store);
    }

    /** Another store of the same backend. */
    final OnlineStore open(String project) {
        OnlineStore another = fixture().open(context(project));
        opened.add(another);
        return another;
    }

    final boolean can(OnlineCapability capability) {
        return fixture().expectedCapabilities().contains(capability);
    }

    final Instant rounded(Instant time) {
        return time.truncatedTo(store().timePrecision());
    }

    /** The finest step of event time the store keeps. */
    final Duration tick() {
        return store().timePrecision().getDuration();
    }

    // ---- views and rows ------------------------------------------------------------------------------------------

    static FeatureView view(String name, List<Field> keys, Field... features) {
        return FeatureView.of(name)
                .source(DataSource.Batch.files("unused.parquet"))
                .entities(keys.stream().map(Field::name).toList())
                .entityColumns(keys)
                .features(features);
    }

    final void update(FeatureView... views) {
        store().update(new ViewChanges(List.of(views), List.of()));
    }

    static EntityKey key(long driver) {
        return new EntityKey(List.of(KEY), List.of(Values.integer(driver)));
    }

    static EntityKey key(FeatureView view, Value... values) {
        return new EntityKey(view.joinKeys(), List.of(values));
    }

    /** A row of the simple view without a created time. */
    static OnlineRow row(long driver, Instant event, long score) {
        return row(driver, event, null, score);
    }

    static OnlineRow row(long driver, Instant event, @Nullable Instant created, long score) {
        return new OnlineRow(
                key(driver),
                List.of(Values.integer(score), Values.text("n" + score)),
                event,
                Optional.ofNullable(created));
    }

    static OnlineRow row(EntityKey key, Instant event, Value... values) {
        return new OnlineRow(key, List.of(values), event, Optional.empty());
    }

    final void write(OnlineRow... rows) {
        store().write(DRIVERS, List.of(rows));
    }

    // ---- reads ---------------------------------------------------------------------------------------------------

    final List<Lookup> read(FeatureView view, EntityKey... keys) {
        return read(store(), view, keys);
    }

    static List<Lookup> read(OnlineStore store, FeatureView view, EntityKey... keys) {
        List<OnlineResult> results = store.read(List.of(new OnlineRead(view, List.of(keys), view.features())));
        assertThat(results).as("results of one read").hasSize(1);
        return results.getFirst().lookups();
    }

    /** The scores of drivers; null where there is no row. */
    final List<@Nullable Value> scores(long... drivers) {
        return scores(store(), drivers);
    }

    static List<@Nullable Value> scores(OnlineStore store, long... drivers) {
        EntityKey[] keys =
                LongStream.of(drivers).mapToObj(driver -> key(driver)).toArray(EntityKey[]::new);
        List<@Nullable Value> scores = new ArrayList<>();
        for (Lookup lookup : read(store, DRIVERS, keys)) {
            scores.add(lookup instanceof Lookup.Found found ? found.values().getFirst() : null);
        }
        return scores;
    }

    /** Of a row that is there. */
    static List<Value> values(Lookup lookup) {
        assertThat(lookup).isInstanceOf(Lookup.Found.class);
        return ((Lookup.Found) lookup).values();
    }

    static Lookup found(Instant event, Value... values) {
        return new Lookup.Found(List.of(values), event);
    }
}
