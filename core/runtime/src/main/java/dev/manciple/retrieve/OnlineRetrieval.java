package dev.manciple.retrieve;

import dev.manciple.FeatureSelection;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.TypeNames;
import dev.manciple.model.ValueType;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.transform.OnDemandInput;
import dev.manciple.transform.OnDemandSlice;
import dev.manciple.transform.OutputFeature;
import dev.manciple.transform.Transformations;
import dev.manciple.wire.ValueJson;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Reads the newest values of entities. Thread-safe; holds nothing that needs closing. One call of the store per request, no
 * registry I/O, nothing per row but the answer's own cells.
 */
public final class OnlineRetrieval {
    private static final Set<ValueType> BYTES =
            Set.of(ValueType.Scalar.BYTES, ValueType.Scalar.IMAGE_BYTES, ValueType.Scalar.PDF_BYTES);

    /** The kind of what is not found where a request lacks a column that an on demand view takes from it. */
    public static final String REQUEST_DATA = "request data";

    private final OnlinePlanner planner;
    private final OnlineStore store;
    private final InstantSource clock;

    /**
     * @param snapshots asked once per request; must be cheap
     * @param homes where views are kept
     */
    public OnlineRetrieval(
            Supplier<RegistrySnapshot> snapshots,
            OnlineStore store,
            FeatureHomes homes,
            Transformations transformations,
            InstantSource clock) {
        this.planner = new OnlinePlanner(snapshots, transformations, homes);
        this.store = store;
        this.clock = clock;
    }

    /**
     * Answers one request. Values past their view's TTL are unset unless {@code options.expiredValues()}, and on demand views
     * never see them. A row whose key is null finds nothing. Columns nobody needs are ignored and left out of the answer, as in
     * Feast.
     *
     * @param entities one value per row; text and numbers become the declared type. Where only views without entities are
     *     asked for it may be empty, which means one row
     * @throws InvalidRequestException if a join key is missing, columns differ in length, or a value does not fit its type
     * @throws NotFoundException if a column is missing that an on demand view takes from the request
     */
    public OnlineFeatures features(
            FeatureSelection selection, Map<String, List<Value>> entities, OnlineOptions options) {
        OnlinePlan plan = planner.plan(selection, options.fullFeatureNames());
        int rows = rows(entities);
        List<List<Value>> columns = plan.columns().stream()
                .map(column -> column(column, entities, options))
                .toList();
        Answer answer = new Answer(plan, rows, options);
        answer.addEntityColumns(entities, columns);
        answer.addFeatures(columns);
        return answer.toFeatures();
    }

    private static int rows(Map<String, List<Value>> entities) {
        if (entities.isEmpty()) {
            return 1;
        }
        int rows = entities.values().iterator().next().size();
        if (entities.values().stream().anyMatch(column -> column.size() != rows)) {
            throw new InvalidRequestException("The entity columns differ in length: "
                    + entities.entrySet().stream()
                            .map(column -> column.getKey() + " has "
                                    + column.getValue().size())
                            .collect(Collectors.joining(", ")));
        }
        return rows;
    }

    private static List<Value> column(
            OnlinePlan.Column column, Map<String, List<Value>> entities, OnlineOptions options) {
        List<Value> values = entities.get(column.name());
        if (values == null) {
            values = entities.get(column.entity());
        }
        if (values == null) {
            String sentence = "No values given for '%s', which %s needs. Given: %s"
                    .formatted(
                            column.name(),
                            column.neededBy(),
                            entities.isEmpty() ? "nothing" : String.join(", ", entities.keySet()));
            throw column.joinKey()
                    ? new InvalidRequestException(sentence)
                    : NotFoundException.unnamed(REQUEST_DATA, sentence);
        }
        boolean base64 = options.base64() && BYTES.contains(column.type());
        Value[] converted = new Value[values.size()];
        for (int row = 0; row < converted.length; row++) {
            Value value = base64 ? decoded(values.get(row), column) : values.get(row);
            if (column.joinKey() && (value instanceof Value.Many || value instanceof Value.Keyed)) {
                throw new InvalidRequestException("%s: %s is no value of a join key of type %s"
                        .formatted(column.name(), ArrowValues.show(value), TypeNames.of(column.type())));
            }
            converted[row] = ArrowValues.convert(value, column.type(), column.name());
        }
        return List.of(converted);
    }

    private static Value decoded(Value value, OnlinePlan.Column column) {
        if (!(value instanceof Value.Text(String text))) {
            return value;
        }
        try {
            return ValueJson.fromJson(text, column.type());
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException("%s: %s".formatted(column.name(), e.getMessage()), e);
        }
    }

    /**
     * What an on demand view gave.
     *
     * @param columns by feature, as many values as there are rows
     * @param invalid the rows whose values count for nothing
     * @param failure why there is nothing at all
     */
    private record Computed(List<List<Value>> columns, BitSet invalid, Optional<FeatureStoreException> failure) {}

    /** One answer as it is put together. */
    private final class Answer {
        private final OnlinePlan plan;
        private final int rows;
        private final OnlineOptions options;
        private final List<Instant> freshFrom;
        private final AnswerColumns answer;
        private final List<OnlineFeatures.Failure> failures = new ArrayList<>();

        Answer(OnlinePlan plan, int rows, OnlineOptions options) {
            this.plan = plan;
            this.rows = rows;
            this.options = options;
            this.freshFrom = freshFrom(plan, options, clock.instant());
            this.answer = new AnswerColumns(
                    rows, plan.columns().size() + plan.features().outputs().size(), options);
        }

        /** Join keys in the order asked with, then what on demand views took from the request. */
        void addEntityColumns(Map<String, List<Value>> entities, List<List<Value>> columns) {
            for (boolean joinKey : new boolean[] {true, false}) {
                for (String given : entities.keySet()) {
                    for (int i = 0; i < columns.size(); i++) {
                        OnlinePlan.Column column = plan.columns().get(i);
                        if (column.joinKey() == joinKey
                                && (column.name().equals(given)
                                        || column.entity().equals(given))
                                && !answer.has(column.name())) {
                            answer.addPresent(column.name(), column.type(), columns.get(i));
                        }
                    }
                }
            }
        }

        void addFeatures(List<List<Value>> columns) {
            List<EntityKeys> keys = plan.layouts().stream()
                    .map(layout -> EntityKeys.of(layout, columns, rows))
                    .toList();
            List<OnlineResult> results = read(keys);
            noteFailures(results);
            List<Computed> computed = new ArrayList<>();
            for (int slice = 0; slice < plan.functions().size(); slice++) {
                computed.add(compute(slice, columns, keys, results));
            }
            requireSomething(computed);
            for (OutputFeature output : plan.features().outputs()) {
                switch (output) {
                    case OutputFeature.Stored stored ->
                        addStored(stored, keysOf(stored.slice(), keys), results.get(stored.slice()));
                    case OutputFeature.Computed feature -> addComputed(feature, computed.get(feature.slice()));
                }
            }
        }

        private List<OnlineResult> read(List<EntityKeys> keys) {
            List<OnlineRead> reads = new ArrayList<>();
            for (int slice = 0; slice < plan.features().slices().size(); slice++) {
                ViewSlice asked = plan.features().slices().get(slice);
                reads.add(new OnlineRead(asked.view(), keysOf(slice, keys).distinct(), asked.features()));
            }
            return reads.isEmpty() ? List.of() : store.read(reads);
        }

        private void noteFailures(List<OnlineResult> results) {
            for (int slice = 0; slice < results.size(); slice++) {
                String view = plan.features().slices().get(slice).view().name();
                for (Lookup lookup : results.get(slice).lookups()) {
                    if (lookup instanceof Lookup.Failed(String store, String reason)) {
                        failures.add(new OnlineFeatures.Failure(view, store, reason));
                        break;
                    }
                }
            }
        }

        /** What cannot be computed, here or just now, leaves the rest of the answer as it is. */
        private Computed compute(
                int slice, List<List<Value>> columns, List<EntityKeys> keys, List<OnlineResult> results) {
            OnDemandSlice asked = plan.features().onDemand().get(slice);
            try {
                return new Computed(
                        plan.functions().get(slice).compute(inputs(asked, columns, keys, results), rows),
                        unread(asked, keys, results),
                        Optional.empty());
            } catch (UnsupportedException | StoreException | InvalidRequestException e) {
                boolean callers = e instanceof InvalidRequestException
                        && asked.inputs().stream().anyMatch(OnDemandInput.FromRequest.class::isInstance);
                if (callers) {
                    // Of what he sent or of what is stored: he can look at the one.
                    throw e;
                }
                if (Thread.currentThread().isInterrupted()) {
                    // Nobody waits for the rest.
                    throw e;
                }
                failures.add(new OnlineFeatures.Failure(
                        asked.view().name(),
                        e instanceof StoreException ? OnlineFeatures.Failure.TRANSFORMATION : "",
                        String.valueOf(e.getMessage())));
                BitSet all = new BitSet();
                all.set(0, rows);
                return new Computed(
                        Collections.nCopies(asked.features().size(), Collections.nCopies(rows, Value.Null.NULL)),
                        all,
                        Optional.of(e));
            }
        }

        /** An answer of which nothing but failures is left is a failure. */
        private void requireSomething(List<Computed> computed) {
            Optional<FeatureStoreException> first = Optional.empty();
            for (OutputFeature output : plan.features().outputs()) {
                Optional<FeatureStoreException> failure = output instanceof OutputFeature.Computed feature
                        ? computed.get(feature.slice()).failure()
                        : Optional.empty();
                if (failure.isEmpty()) {
                    return;
                }
                first = first.or(() -> failure);
            }
            if (first.isPresent()) {
                throw first.get();
            }
        }

        /** The rows of which an input could not be read: what is computed of the rest would be made up. */
        private BitSet unread(OnDemandSlice slice, List<EntityKeys> keys, List<OnlineResult> results) {
            BitSet unread = new BitSet();
            if (failures.isEmpty()) {
                return unread;
            }
            for (OnDemandInput input : slice.inputs()) {
                if (input instanceof OnDemandInput.FromView feature) {
                    for (int row = 0; row < rows; row++) {
                        Lookup lookup = keysOf(feature.slice(), keys)
                                .lookup(results.get(feature.slice()).lookups(), row);
                        unread.set(row, unread.get(row) || lookup instanceof Lookup.Failed);
                    }
                }
            }
            return unread;
        }

        private EntityKeys keysOf(int slice, List<EntityKeys> keys) {
            return keys.get(plan.layoutOf().get(slice));
        }

        /** By slice, the earliest event time that is still good; any is where ages are not to be judged. */
        private static List<Instant> freshFrom(OnlinePlan plan, OnlineOptions options, Instant now) {
            return plan.features().slices().stream()
                    .map(slice -> options.feastStatuses()
                            ? Duration.ZERO
                            : slice.view().ttl())
                    .map(ttl -> FieldStatus.freshFrom(ttl, now))
                    .toList();
        }

        private void addStored(OutputFeature.Stored feature, EntityKeys keys, OnlineResult result) {
            Instant fresh = freshFrom.get(feature.slice());
            Value[] cells = new Value[rows];
            FieldStatus[] cellStatuses = new FieldStatus[rows];
            Instant[] cellTimes = new Instant[rows];
            for (int row = 0; row < rows; row++) {
                Lookup lookup = keys.lookup(result.lookups(), row);
                FieldStatus status = FieldStatus.of(lookup, feature.feature(), fresh);
                cellStatuses[row] = answer.told(status);
                cells[row] = value(lookup, feature.feature(), status, options.expiredValues());
                cellTimes[row] = status == FieldStatus.NOT_FOUND || !(lookup instanceof Lookup.Found found)
                        ? Instant.EPOCH
                        : found.eventTimes().get(feature.feature());
            }
            answer.addStored(
                    feature.name(),
                    feature.field().type(),
                    List.of(cells),
                    cellStatuses,
                    cellTimes,
                    plan.origins().get(feature.slice()));
        }

        private List<List<Value>> inputs(
                OnDemandSlice slice, List<List<Value>> columns, List<EntityKeys> keys, List<OnlineResult> results) {
            List<List<Value>> inputs = new ArrayList<>();
            for (OnDemandInput input : slice.inputs()) {
                inputs.add(
                        switch (input) {
                            case OnDemandInput.FromView feature ->
                                stored(feature, keysOf(feature.slice(), keys), results.get(feature.slice()));
                            case OnDemandInput.FromRequest request -> columns.get(position(request));
                        });
            }
            return inputs;
        }

        /** The values of an input, null where there is none that is fresh. */
        private List<Value> stored(OnDemandInput.FromView input, EntityKeys keys, OnlineResult result) {
            Instant fresh = freshFrom.get(input.slice());
            Value[] cells = new Value[rows];
            for (int row = 0; row < rows; row++) {
                Lookup lookup = keys.lookup(result.lookups(), row);
                cells[row] = value(lookup, input.feature(), FieldStatus.of(lookup, input.feature(), fresh), false);
            }
            return List.of(cells);
        }

        private int position(OnDemandInput.FromRequest input) {
            for (int i = 0; i < plan.columns().size(); i++) {
                OnlinePlan.Column column = plan.columns().get(i);
                if (column.name().equals(input.name()) && column.type().equals(input.type())) {
                    return i;
                }
            }
            throw new IllegalStateException("The plan has no column for " + input);
        }

        private void addComputed(OutputFeature.Computed feature, Computed computed) {
            Value[] cells = computed.columns().get(feature.feature()).toArray(Value[]::new);
            FieldStatus[] cellStatuses = new FieldStatus[rows];
            for (int row = 0; row < rows; row++) {
                if (computed.invalid().get(row)) {
                    cells[row] = Value.Null.NULL;
                    cellStatuses[row] = FieldStatus.INVALID;
                } else {
                    cellStatuses[row] =
                            cells[row] == Value.Null.NULL ? answer.told(FieldStatus.NULL_VALUE) : FieldStatus.PRESENT;
                }
            }
            answer.add(feature.name(), feature.field().type(), List.of(cells), List.of(cellStatuses));
        }

        OnlineFeatures toFeatures() {
            return answer.toFeatures(failures);
        }
    }

    private static Value value(Lookup lookup, int feature, FieldStatus status, boolean expiredValues) {
        return AnswerColumns.shows(status, expiredValues) && lookup instanceof Lookup.Found found
                ? found.values().get(feature)
                : Value.Null.NULL;
    }
}
