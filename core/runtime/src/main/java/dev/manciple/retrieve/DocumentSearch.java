package dev.manciple.retrieve;

import dev.manciple.DocumentQuery;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.Neighbor;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewSlice;
import dev.manciple.transform.OutputFeature;
import dev.manciple.wire.VectorOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Finds the rows nearest to a vector. Thread-safe; holds nothing that needs closing. */
public final class DocumentSearch {
    /** The column of Feast's answers that has the distance. */
    public static final String DISTANCE = "distance";

    private static final String DEFAULT_METRIC = "L2";

    private final Supplier<RegistrySnapshot> snapshots;
    private final OnlineStore store;
    private final FeatureHomes homes;
    private final InstantSource clock;

    /**
     * @param snapshots asked once per request; must be cheap
     * @param homes where views are kept
     */
    public DocumentSearch(
            Supplier<RegistrySnapshot> snapshots, OnlineStore store, FeatureHomes homes, InstantSource clock) {
        this.snapshots = snapshots;
        this.store = store;
        this.homes = homes;
        this.clock = clock;
    }

    /**
     * The nearest rows, nearest first: the view's join keys, the features asked for, and {@link #DISTANCE}. Rows whose vector is
     * past the view's TTL are left out before the nearest are taken, unless expired values are asked for or ages are not judged.
     *
     * @throws InvalidRequestException if the request is not for features of one view that keeps vectors, or the vector does not
     *     fit
     * @throws UnsupportedException if the store of the view has no vector search
     */
    public OnlineFeatures search(DocumentQuery query) {
        FeaturePlan plan = new RequestPlanner(snapshots.get())
                .plan(query.features(), query.options().fullFeatureNames());
        if (plan.slices().size() != 1 || !plan.onDemand().isEmpty()) {
            throw new InvalidRequestException(
                    "A search is for stored features of exactly one feature view; ask for those of one at a time");
        }
        if (query.topK() < 1) {
            throw new InvalidRequestException("top_k must be at least 1, was %d".formatted(query.topK()));
        }
        ViewSlice slice = plan.slices().getFirst();
        Field vector = vector(slice.view());
        VectorOptions options = VectorOptions.of(vector);
        if (options.length() > 0 && options.length() != query.vector().size()) {
            throw new InvalidRequestException("The query has %d numbers, feature '%s:%s' has vectors of %d"
                    .formatted(query.vector().size(), slice.view().name(), vector.name(), options.length()));
        }
        requireFinite(query.vector());
        requireCapable(slice.view());
        Instant freshFrom = freshFrom(slice.view(), query.options());
        List<Neighbor> found = store.search(new VectorQuery(
                slice.view(),
                vector.name(),
                query.vector(),
                query.topK(),
                query.metric().or(options::metric).orElse(DEFAULT_METRIC),
                slice.features(),
                // Who wants to see expired values wants them found.
                query.options().expiredValues() ? Instant.MIN : freshFrom));
        return answer(plan, slice, found, query, freshFrom);
    }

    private Instant freshFrom(FeatureView view, OnlineOptions options) {
        return FieldStatus.freshFrom(
                options.feastStatuses() ? Duration.ZERO : homes.of(view).ttl(), clock.instant());
    }

    /** Beyond the range of 32-bit floats a number is infinite, and no row is near. */
    private static void requireFinite(List<Float> vector) {
        for (int at = 0; at < vector.size(); at++) {
            if (!Float.isFinite(vector.get(at))) {
                throw new InvalidRequestException(
                        "Number %d of the query is %s as a 32-bit float; all have to be finite"
                                .formatted(at + 1, vector.get(at)));
            }
        }
    }

    private void requireCapable(FeatureView view) {
        if (!store.capabilities().contains(OnlineCapability.VECTOR_SEARCH)) {
            throw new UnsupportedException(
                    "Online store '%s'".formatted(homes.of(view).store()),
                    OnlineCapability.VECTOR_SEARCH.name(),
                    "vector search, which feature view '%s' is asked for; stores of the type 'sqlite' do"
                            .formatted(view.name()));
        }
    }

    private static Field vector(FeatureView view) {
        List<Field> indexed = view.features().stream()
                .filter(field -> VectorOptions.of(field).indexed())
                .toList();
        if (indexed.size() != 1) {
            throw new InvalidRequestException(
                    "Feature view '%s' has %s feature with 'vector_index: true', which is what a search goes by"
                            .formatted(view.name(), indexed.isEmpty() ? "no" : "more than one"));
        }
        return indexed.getFirst();
    }

    private OnlineFeatures answer(
            FeaturePlan plan, ViewSlice slice, List<Neighbor> found, DocumentQuery query, Instant freshFrom) {
        List<Field> keys = slice.view().entityColumns();
        AnswerColumns columns =
                new AnswerColumns(found.size(), keys.size() + plan.outputs().size() + 1, query.options());
        for (int key = 0; key < keys.size(); key++) {
            int at = key;
            columns.addPresent(
                    slice.spineColumn(keys.get(key).name()),
                    keys.get(key).type(),
                    found.stream().map(row -> row.key().values().get(at)).toList());
        }
        for (OutputFeature output : plan.outputs()) {
            if (output instanceof OutputFeature.Stored stored) {
                addStored(columns, stored, found, homes.of(slice.view()), freshFrom, query.options());
            }
        }
        columns.addPresent(
                DISTANCE,
                ValueType.Scalar.DOUBLE,
                found.stream().<Value>map(row -> new Value.Real(row.distance())).toList());
        return columns.toFeatures(List.of());
    }

    private static void addStored(
            AnswerColumns columns,
            OutputFeature.Stored feature,
            List<Neighbor> found,
            OnlineFeatures.Origin origin,
            Instant freshFrom,
            OnlineOptions options) {
        int at = feature.feature();
        List<Value> cells = new ArrayList<>();
        List<FieldStatus> statuses = new ArrayList<>();
        List<Instant> times = new ArrayList<>();
        for (Neighbor neighbor : found) {
            Lookup.Found row = neighbor.row();
            FieldStatus status = FieldStatus.of(row, at, freshFrom);
            cells.add(
                    AnswerColumns.shows(status, options.expiredValues())
                            ? row.values().get(at)
                            : Value.Null.NULL);
            statuses.add(columns.told(status));
            times.add(row.eventTimes().get(at));
        }
        columns.add(feature.name(), feature.field().type(), cells, statuses, times, Optional.of(origin));
    }
}
