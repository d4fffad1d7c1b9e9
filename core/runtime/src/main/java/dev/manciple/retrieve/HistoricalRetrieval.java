package dev.manciple.retrieve;

import dev.manciple.FeatureSelection;
import dev.manciple.RetrievalOptions;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import dev.manciple.transform.OnDemandJob;
import dev.manciple.transform.Transformations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Plans point-in-time joins. Thread-safe; holds nothing that needs closing. */
public final class HistoricalRetrieval {
    /** How far a range reaches back where no view has a TTL, as in Feast. */
    private static final Duration DEFAULT_RANGE = Duration.ofDays(30);

    private final Supplier<RegistrySnapshot> snapshots;
    private final OfflineStore store;
    private final Transformations transformations;
    private final InstantSource clock;

    /** @param snapshots asked once per request; must be cheap */
    public HistoricalRetrieval(
            Supplier<RegistrySnapshot> snapshots,
            OfflineStore store,
            Transformations transformations,
            InstantSource clock) {
        this.snapshots = snapshots;
        this.store = store;
        this.transformations = transformations;
        this.clock = clock;
    }

    /**
     * Checks the request and plans it; nothing runs before the job is opened. Features of on demand views are computed as
     * batches pass.
     */
    public RetrievalJob job(Spine spine, FeatureSelection features, RetrievalOptions options) {
        FeaturePlan plan = new RequestPlanner(snapshots.get()).plan(features, options.fullFeatureNames());
        requireHistory(plan);
        requireCapabilities(spine, options);
        checkSpine(spine, plan);
        HistoricalRequest.Options storeOptions = new HistoricalRequest.Options(options.filterByCreated(), true);
        if (plan.isStoredOnly()) {
            return stored(new HistoricalRequest(spine, plan.slices(), options.fullFeatureNames(), storeOptions));
        }
        // Full names keep an input nobody asked for apart from an output of the same bare name.
        RetrievalJob stored = stored(new HistoricalRequest(spine, plan.slices(), true, storeOptions));
        return new OnDemandJob(stored, plan.slices(), plan.onDemand(), plan.outputs(), transformations);
    }

    private RetrievalJob stored(HistoricalRequest request) {
        return new WholeNumbersJob(store.historicalFeatures(request), request.slices());
    }

    /**
     * The range of a request without entity rows, filled in as Feast does: {@code end} is now, {@code start} is the largest
     * TTL of the views before it, or 30 days where none has one.
     */
    public Spine.Range range(FeatureSelection features, @Nullable Instant start, @Nullable Instant end) {
        Instant until = end == null ? clock.instant() : end;
        Instant from = start == null ? until.minus(largestTtl(features)) : start;
        Spine.Range range = new Spine.Range(from, until);
        checkRange(range);
        return range;
    }

    private Duration largestTtl(FeatureSelection features) {
        return new RequestPlanner(snapshots.get())
                .plan(features, true).slices().stream()
                        .map(slice -> slice.view().ttl())
                        .filter(Duration::isPositive)
                        .max(Comparator.naturalOrder())
                        .orElse(DEFAULT_RANGE);
    }

    private static void requireHistory(FeaturePlan plan) {
        for (ViewSlice slice : plan.slices()) {
            FeatureView view = slice.view();
            if (view.batchSource().isEmpty()) {
                throw new InvalidRequestException(view.source()
                        .map(DataSource::name)
                        .map(source ->
                                "Feature view '%s' has no history: its source '%s' has no batch source. Give it one and apply."
                                        .formatted(view.name(), source))
                        .orElseGet(() ->
                                "Feature view '%s' has no history here: it was defined without a source, or computes its features in Python. Read it online."
                                        .formatted(view.name())));
            }
        }
    }

    private void requireCapabilities(Spine spine, RetrievalOptions options) {
        switch (spine) {
            case Spine.Rows rows -> {}
            case Spine.Query query -> require(OfflineCapability.QUERY_SPINE, "entity rows as SQL");
            case Spine.Range range -> require(OfflineCapability.RANGE_SPINE, "a time range without entity rows");
        }
        if (options.filterByCreated()) {
            require(OfflineCapability.FILTER_BY_CREATED, "leaving out rows by their created time");
        }
    }

    private void require(OfflineCapability capability, String what) {
        if (!store.capabilities().contains(capability)) {
            throw new UnsupportedException("The offline store", capability.name(), what);
        }
    }

    private static void checkSpine(Spine spine, FeaturePlan plan) {
        switch (spine) {
            case Spine.Rows rows -> SpineCheck.check(rows, plan);
            case Spine.Query query -> {
                if (query.sql().isBlank()) {
                    throw new InvalidRequestException("The SQL that gives the entity rows is empty");
                }
            }
            case Spine.Range range -> {
                checkRange(range);
                SpineCheck.checkRange(plan);
                if (!plan.requestInputs().isEmpty()) {
                    throw new InvalidRequestException(
                            "A time range brings no values of '%s', which on demand feature view '%s' takes from the request. Ask with entity rows."
                                    .formatted(
                                            plan.requestInputs().getFirst().name(),
                                            plan.onDemand().getFirst().view().name()));
                }
            }
        }
    }

    private static void checkRange(Spine.Range range) {
        if (range.end().isBefore(range.start())) {
            throw new InvalidRequestException(
                    "The range ends at %s, before it starts at %s".formatted(range.end(), range.start()));
        }
    }
}
