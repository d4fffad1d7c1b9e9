package dev.manciple.benchmarks;

import dev.manciple.FeatureSelection;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads of some keys from views of fifty features each: integers, doubles and short texts by turns.
 *
 * @param keys asked for at once, of the thousand there are
 */
public record OnlineReadWorkload(int keys, int views) {
    private static final int FEATURES_PER_VIEW = 50;
    private static final int STORED_KEYS = 1_000;
    private static final String KEY = "user_id";
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);

    /** How many features of how many keys. */
    public String describe() {
        return "%d %s x %d features".formatted(keys, keys == 1 ? "key" : "keys", views * FEATURES_PER_VIEW);
    }

    int features() {
        return views * FEATURES_PER_VIEW;
    }

    /** The views, none of whose values ever expires. */
    public List<FeatureView> definitions() {
        return IntStream.range(0, views)
                .mapToObj(view -> FeatureView.of("view_" + view)
                        .source(DataSource.Batch.files("unused.parquet").eventTime("event_timestamp"))
                        .entities(List.of(KEY))
                        .entityColumns(List.of(Field.of(KEY, ValueType.Scalar.INT64)))
                        .features(IntStream.range(0, FEATURES_PER_VIEW)
                                .mapToObj(i -> Field.of("v%d_f%d".formatted(view, i), type(i)))
                                .toList()))
                .toList();
    }

    private static ValueType type(int feature) {
        return switch (feature % 3) {
            case 0 -> ValueType.Scalar.INT64;
            case 1 -> ValueType.Scalar.DOUBLE;
            default -> ValueType.Scalar.STRING;
        };
    }

    private static Value value(int key, int feature) {
        long number = 1_000L * key + feature;
        return switch (feature % 3) {
            case 0 -> new Value.Int(number);
            case 1 -> new Value.Real(number / 7.0);
            default -> new Value.Text("value " + number);
        };
    }

    /** A registry's content that has the views. */
    public RegistrySnapshot snapshot(String version) {
        return Project.snapshot(version, definitions());
    }

    /** Creates the tables and writes a thousand keys of each view. */
    public void fill(OnlineStore store) {
        store.update(new ViewChanges(definitions(), List.of()));
        for (FeatureView view : definitions()) {
            store.write(
                    view,
                    IntStream.range(0, STORED_KEYS)
                            .mapToObj(key -> new OnlineRow(
                                    key(key),
                                    IntStream.range(0, FEATURES_PER_VIEW)
                                            .mapToObj(feature -> value(key, feature))
                                            .toList(),
                                    TIME,
                                    Optional.empty()))
                            .toList());
        }
    }

    private static EntityKey key(long key) {
        return new EntityKey(List.of(KEY), List.of(new Value.Int(key)));
    }

    private long asked(int position) {
        return (position * 7_919L + 17) % STORED_KEYS;
    }

    /** What a store is asked. */
    public List<OnlineRead> reads() {
        List<EntityKey> asked =
                IntStream.range(0, keys).mapToObj(i -> key(asked(i))).toList();
        return definitions().stream()
                .map(view -> new OnlineRead(view, asked, view.features()))
                .toList();
    }

    /** What a user asks. */
    public FeatureSelection selection() {
        return new FeatureSelection.Views(
                definitions().stream().map(FeatureView::projection).toList());
    }

    /** The keys as a user gives them. */
    public Map<String, List<Value>> entities() {
        return Map.of(
                KEY,
                IntStream.range(0, keys)
                        .<Value>mapToObj(i -> new Value.Int(asked(i)))
                        .toList());
    }

    /** Whether {@code column} of an answer, after the key, holds what was stored. */
    public boolean right(int column, List<Value> values) {
        int feature = column % FEATURES_PER_VIEW;
        return IntStream.range(0, keys).allMatch(i -> values.get(i).equals(value((int) asked(i), feature)));
    }
}
