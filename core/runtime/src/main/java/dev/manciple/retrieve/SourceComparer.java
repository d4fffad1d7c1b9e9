package dev.manciple.retrieve;

import dev.manciple.SourceComparison;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * Compares what a view gives from its own source with what it would give from another, before it is moved there: one join of the
 * same entity rows with both, wherever they lie. Memory is one batch and the examples. Thread-safe.
 *
 * <p>Of source rows equal in event time and created time any may be taken, so such ties can show as differences.
 */
public final class SourceComparer {
    private static final int EXAMPLES = 10;

    private final Supplier<RegistrySnapshot> snapshots;
    private final OfflineStore store;
    private final BufferAllocator allocator;

    /** @param allocator for the rows; not closed */
    public SourceComparer(Supplier<RegistrySnapshot> snapshots, OfflineStore store, BufferAllocator allocator) {
        this.snapshots = snapshots;
        this.store = store;
        this.allocator = allocator;
    }

    /**
     * @param other the name of a registered batch source
     * @param spine what both are joined with
     */
    public SourceComparison compare(String view, String other, Spine spine) {
        RegistrySnapshot snapshot = snapshots.get();
        FeatureView own = view(snapshot, view);
        DataSource.Batch source = own.batchSource()
                .orElseThrow(() -> new InvalidRequestException(
                        "Feature view '%s' has no batch source to compare with".formatted(view)));
        DataSource.Batch candidate = source(snapshot, other);
        HistoricalRequest request = new HistoricalRequest(
                spine,
                List.of(slice(own, "source"), slice(own.source(candidate), "other")),
                true,
                new HistoricalRequest.Options(false, false));
        RetrievalJob job = store.historicalFeatures(request);
        try (ArrowReader reader = job.open(allocator)) {
            int width = reader.getVectorSchemaRoot().getSchema().getFields().size();
            List<String> names = reader.getVectorSchemaRoot().getSchema().getFields().stream()
                    .map(org.apache.arrow.vector.types.pojo.Field::getName)
                    .toList();
            Tally tally =
                    new Tally(own, names.subList(0, width - 2 * own.features().size()));
            ArrowRows.forEach(reader, types(reader, own), tally::add);
            return tally.comparison(source.name(), other);
        } catch (IOException e) {
            throw new StoreException("offline store", "compare sources", false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    private static FeatureView view(RegistrySnapshot snapshot, String name) {
        if (snapshot.view(name).orElse(null) instanceof FeatureView view) {
            return view;
        }
        throw new NotFoundException("Feature view", name, Nearest.hint(name, snapshot.viewNames()));
    }

    private static DataSource.Batch source(RegistrySnapshot snapshot, String name) {
        DataSource found = snapshot.sources().get(name);
        if (found instanceof DataSource.Batch batch) {
            return batch;
        }
        throw found == null
                ? new NotFoundException(
                        "Data source",
                        name,
                        Nearest.hint(name, snapshot.sources().keySet()))
                : new InvalidRequestException(
                        "Data source '%s' is no batch source: it has no history of its own".formatted(name));
    }

    private static ViewSlice slice(FeatureView view, String as) {
        return new ViewSlice(view, as, view.features(), Map.of());
    }

    /** Entity columns as they come; features as the view declares them, so that widths of two engines make no difference. */
    private static List<ValueType> types(ArrowReader reader, FeatureView view) {
        List<ValueType> types = new ArrayList<>(ArrowRows.types(reader));
        int features = view.features().size();
        int first = types.size() - 2 * features;
        for (int f = 0; f < features; f++) {
            ValueType declared = view.features().get(f).type();
            types.set(first + f, declared);
            types.set(first + features + f, declared);
        }
        return types;
    }

    private static final class Tally {
        private final FeatureView view;
        private final List<String> spine;
        private final long[] onlyInSource;
        private final long[] onlyInOther;
        private final long[] different;
        private final List<SourceComparison.Example> examples = new ArrayList<>();
        private long rows;
        private long differing;

        Tally(FeatureView view, List<String> spine) {
            this.view = view;
            this.spine = spine;
            int features = view.features().size();
            this.onlyInSource = new long[features];
            this.onlyInOther = new long[features];
            this.different = new long[features];
        }

        void add(List<Value> row) {
            rows++;
            boolean differs = false;
            int features = view.features().size();
            for (int f = 0; f < features; f++) {
                Value source = row.get(spine.size() + f);
                Value other = row.get(spine.size() + features + f);
                if (!source.equals(other)) {
                    differs = true;
                    count(f, source, other);
                    if (examples.size() < EXAMPLES) {
                        Field feature = view.features().get(f);
                        examples.add(new SourceComparison.Example(
                                row.subList(0, spine.size()), feature.name(), source, other));
                    }
                }
            }
            differing += differs ? 1 : 0;
        }

        private void count(int feature, Value source, Value other) {
            if (other instanceof Value.Null) {
                onlyInSource[feature]++;
            } else if (source instanceof Value.Null) {
                onlyInOther[feature]++;
            } else {
                different[feature]++;
            }
        }

        SourceComparison comparison(String source, String other) {
            List<SourceComparison.Column> columns = new ArrayList<>();
            for (int f = 0; f < view.features().size(); f++) {
                columns.add(new SourceComparison.Column(
                        view.features().get(f).name(), onlyInSource[f], onlyInOther[f], different[f]));
            }
            return new SourceComparison(view.name(), source, other, rows, differing, spine, columns, examples);
        }
    }
}
